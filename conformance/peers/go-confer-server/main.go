// A server of profile confer on flynn/noise, with what a pack holds: its static key, the evidence made for that key, the
// key of the token's issuer, a scripted model. Token times are judged at the pack's time.
//
//	server --pack DIR --listen HOST:PORT [--ctl HOST:PORT]
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/flynn/noise"
	"github.com/gorilla/websocket"

	confer "../go-confer"
)

const (
	maxRequestLine = 4096
	maxHeaders     = 16384
	maxSessions    = 256
)

type server struct {
	static   noise.DHKey
	evidence []byte
	tokenKey []byte
	script   []line
	slots    chan struct{} // one for each session that may run

	mutex sync.Mutex
	clock time.Time
}

func newServer(pack *confer.Pack) (*server, error) {
	secret, err := pack.ReadHex("enclave.key")
	if err != nil {
		return nil, err
	}
	if len(secret) != 32 {
		return nil, fmt.Errorf("enclave.key: %d bytes", len(secret))
	}
	s := &server{clock: pack.Time, slots: make(chan struct{}, maxSessions)}
	if s.static, err = noise.DH25519.GenerateKeypair(bytes.NewReader(secret)); err != nil {
		return nil, err
	}
	if s.tokenKey, err = pack.ReadLine("token.key"); err != nil {
		return nil, err
	}
	if s.evidence, err = pack.Read("evidence.json"); err != nil {
		return nil, err
	}
	if len(s.evidence) > confer.MaxEvidence {
		return nil, fmt.Errorf("evidence.json: %d bytes do not fit into message 2", len(s.evidence))
	}
	script, err := pack.Read("model.script")
	s.script = readScript(string(script))
	return s, err
}

func (s *server) now() time.Time {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.clock
}

// Sessions write nothing but the close code and its fixed text.
func (s *server) log(line string) { fmt.Fprintln(os.Stderr, line) }

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// websocket admits a connection by its token. The deployed server answers every refusal alike: 500, no body, closed.
func (s *server) websocket(w http.ResponseWriter, r *http.Request) {
	if len(r.Method)+len(r.RequestURI)+len(r.Proto)+2 > maxRequestLine {
		w.WriteHeader(http.StatusRequestURITooLong)
		return
	}
	admission, err := admit(r.URL.Query().Get("token"), s.tokenKey, s.now())
	if err != nil {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	(&session{server: s, socket: socket, admission: admission}).run()
}

// setClock takes the body as the new time (RFC 3339).
func (s *server) setClock(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 64))
	now, err := time.Parse(time.RFC3339, strings.TrimSpace(string(body)))
	if err != nil || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mutex.Lock()
	s.clock = now
	s.mutex.Unlock()
}

func listen(address string, handler http.Handler) (func() error, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "listening on %s\n", listener.Addr())
	door := &http.Server{Handler: handler, MaxHeaderBytes: maxHeaders, ReadHeaderTimeout: 10 * time.Second}
	return func() error { return door.Serve(listener) }, nil
}

func run(packDir, address, ctl string) error {
	pack, err := confer.OpenPack(packDir)
	if err != nil {
		return err
	}
	s, err := newServer(pack)
	if err != nil {
		return err
	}
	if ctl != "" {
		hooks := http.NewServeMux()
		hooks.HandleFunc("/clock", s.setClock)
		serve, err := listen(ctl, hooks)
		if err != nil {
			return err
		}
		go serve()
	}
	doors := http.NewServeMux()
	doors.HandleFunc("/websocket", s.websocket)
	doors.HandleFunc("/v1/ping", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "PONG") })
	serve, err := listen(address, doors)
	if err != nil {
		return err
	}
	return serve()
}

func main() {
	pack := flag.String("pack", "", "the pack's folder")
	address := flag.String("listen", "", "HOST:PORT")
	ctl := flag.String("ctl", "", "HOST:PORT for the test hook POST /clock; none if empty")
	flag.Parse()
	if *pack == "" || *address == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(64)
	}
	if err := run(*pack, *address, *ctl); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
