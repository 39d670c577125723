// A client of profile confer on flynn/noise: one connection, one verdict, one prompt. It sends nothing beyond message 1
// before the evidence is accepted. Verification time is the pack's.
//
//	client --url URL --pack DIR --say TEXT
//
// Exit: 0 finished, 10 refused the peer (the last line of stdout says why), 20 unsupported; 1 the pack or the network.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/flynn/noise"
	"github.com/gorilla/websocket"

	confer "../go-confer"
)

const (
	exitFinished = 0
	exitTrouble  = 69
	exitRefused  = 10
)

type options struct {
	url, pack, say string
	patience       time.Duration
}

// withToken puts the pack's token into the URL unless it carries one.
func withToken(address string, pack *confer.Pack) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	query := parsed.Query()
	if query.Has("token") {
		return address, nil
	}
	token, err := pack.Read("token")
	if err != nil {
		return "", err
	}
	query.Set("token", strings.TrimSpace(string(token)))
	parsed.RawQuery = query.Encode()
	return parsed.String(), nil
}

func dial(o options, pack *confer.Pack) (*websocket.Conn, error) {
	address, err := withToken(o.url, pack)
	if err != nil {
		return nil, err
	}
	dialer := websocket.Dialer{HandshakeTimeout: o.patience}
	socket, response, err := dialer.Dial(address, nil)
	if errors.Is(err, websocket.ErrBadHandshake) {
		return nil, refuse("admission", "HTTP status %d", response.StatusCode)
	}
	return socket, err
}

// handshakeReason puts the library's error into the suite's words.
func handshakeReason(err error) string {
	switch {
	case errors.Is(err, noise.ErrShortMessage):
		return "length"
	case strings.Contains(err.Error(), "low order"):
		return "dh"
	}
	return "auth"
}

// open runs the handshake; message 3 leaves only after the evidence in message 2 is accepted.
func open(socket *websocket.Conn, judge *appraiser, o options) (*confer.Channel, error) {
	static, err := confer.Suite.GenerateKeypair(rand.Reader)
	if err != nil {
		return nil, err
	}
	handshake, err := noise.NewHandshakeState(noise.Config{
		CipherSuite: confer.Suite, Pattern: noise.HandshakeXX, Initiator: true, StaticKeypair: static,
	})
	if err != nil {
		return nil, err
	}
	message1, _, _, err := handshake.WriteMessage(nil, nil)
	if err != nil {
		return nil, err
	}
	if err := socket.WriteMessage(websocket.BinaryMessage, message1); err != nil {
		return nil, refuse("truncated", "%v", err)
	}
	message2, err := confer.ReadBinary(socket, o.patience, false)
	if err != nil {
		return nil, err
	}
	if len(message2) >= 32 && bytes.Equal(message2[:32], message1) {
		return nil, refuse("dh", "the server sent our own ephemeral key back")
	}
	payload, _, _, err := handshake.ReadMessage(nil, message2)
	if err != nil {
		return nil, refuse(handshakeReason(err), "message 2: %v", err)
	}
	if err := judge.judge(payload, handshake.PeerStatic()); err != nil {
		return nil, err
	}
	message3, send, receive, err := handshake.WriteMessage(nil, nil)
	if err != nil {
		return nil, refuse(handshakeReason(err), "message 3: %v", err)
	}
	if err := socket.WriteMessage(websocket.BinaryMessage, message3); err != nil {
		return nil, refuse("truncated", "%v", err)
	}
	return confer.NewChannel(socket, send, receive, o.patience, false), nil
}

func chatRequest(id int64, say string) ([]byte, error) {
	body, err := json.Marshal(map[string]interface{}{
		"model":    "confer",
		"messages": []map[string]string{{"role": "user", "content": say}},
		"stream":   true,
	})
	request := confer.Request{ID: &id, Verb: "POST", Path: "/v1/vllm/chat/completions", Body: body}
	return request.Write(), err
}

// event takes one event of a streamed answer; done is true at its end. Events of types that are not known are passed over.
func event(body []byte) (done bool, err error) {
	object, err := confer.Object(body)
	if err != nil {
		return false, refuse("parse", "an event: %v", err)
	}
	kind, err := confer.Text(object, "type")
	if err != nil {
		return false, refuse("parse", "an event without a type")
	}
	switch kind {
	case "token":
		content, err := confer.Text(object, "content")
		if err != nil {
			return false, refuse("parse", "a token without content")
		}
		fmt.Print(content)
	case "client_tool_call":
		return false, refuse("policy", "a call of a tool that was not declared")
	case "completion":
		fmt.Println()
		return true, nil
	}
	return false, nil
}

// errStatus: the server answered the request, and the answer is no.
type errStatus int32

func (s errStatus) Error() string { return fmt.Sprintf("status %d", int32(s)) }

// chat sends the prompt and prints the answer as it comes. Answers to other requests than ours are passed over.
func chat(channel *confer.Channel, say string) error {
	const id = 1
	request, err := chatRequest(id, say)
	if err != nil {
		return err
	}
	if err := channel.Send(request); err != nil {
		return refuse("truncated", "%v", err)
	}
	for begun := false; ; {
		message, err := channel.Receive()
		if err != nil {
			return err
		}
		response, err := confer.ReadResponse(message)
		if err != nil {
			return refuse("parse", "a response: %v", err)
		}
		switch {
		case response.ID == nil || *response.ID != id:
			continue
		case response.Status >= 400 && begun:
			return refuse("truncated", "status %d in the middle of an answer", response.Status)
		case response.Status >= 400:
			return errStatus(response.Status)
		case response.Status != 200:
			return refuse("parse", "status %d", response.Status)
		}
		begun = true
		if done, err := event(response.Body); done || err != nil {
			return err
		}
	}
}

func run(o options) error {
	pack, err := confer.OpenPack(o.pack)
	if err != nil {
		return err
	}
	judge, err := newAppraiser(pack)
	if err != nil {
		return err
	}
	socket, err := dial(o, pack)
	if err != nil {
		return err
	}
	channel, err := open(socket, judge, o)
	if err == nil {
		err = chat(channel, o.say)
	}
	code := websocket.CloseNormalClosure
	if err != nil {
		code = websocket.CloseProtocolError
	}
	confer.Close(socket, code, "")
	return err
}

// conclude says how it ended: what the runner reads on stdout, what a person wants to know on stderr.
func conclude(err error) int {
	var refused *refusal
	var failed *confer.Failure
	var status errStatus
	switch {
	case err == nil:
		return exitFinished
	case errors.As(err, &failed):
		refused = &refusal{failed.Reason, failed.Error()}
	case errors.As(err, &refused):
	case errors.As(err, &status):
		fmt.Printf("\n{\"rej\":\"policy\",\"status\":%d}\n", int32(status))
		return exitRefused
	default:
		fmt.Fprintln(os.Stderr, err)
		return exitTrouble
	}
	fmt.Fprintln(os.Stderr, refused.detail)
	fmt.Printf("\n{\"rej\":%q}\n", refused.reason)
	return exitRefused
}

func main() {
	o := options{}
	flag.StringVar(&o.url, "url", "", "ws://HOST:PORT/websocket, with or without the token")
	flag.StringVar(&o.pack, "pack", "", "the pack's folder")
	flag.StringVar(&o.say, "say", "", "the prompt")
	flag.DurationVar(&o.patience, "patience", 4*time.Second, "how long to wait for the next message")
	flag.Parse()
	if o.url == "" || o.pack == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(exitTrouble)
	}
	os.Exit(conclude(run(o)))
}
