package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/flynn/noise"
	"github.com/gorilla/websocket"

	confer "../go-confer"
)

// A session is one admitted connection: a handshake, then requests, one after another.
type session struct {
	server    *server
	socket    *websocket.Conn
	admission *admission
	channel   *confer.Channel
}

// The deployed server ends a connection after this long without anything coming in.
const idle = 5 * time.Minute

func failed(format string, values ...interface{}) error {
	return confer.Fail("", confer.Unexpected, "Handshake failed", format, values...)
}

// readHandshake gives a handshake message, which is bounded tighter than a record.
func (s *session) readHandshake() ([]byte, error) {
	message, err := confer.ReadBinary(s.socket, idle, true)
	if err == nil && len(message) > confer.MaxHandshake {
		err = confer.Fail("", confer.CannotAccept, "Handshake message too large", "%d bytes", len(message))
	}
	return message, err
}

// open answers message 1 with the evidence and takes message 3. Neither of the client's messages may carry a payload.
func (s *session) open() error {
	handshake, err := noise.NewHandshakeState(noise.Config{
		CipherSuite: confer.Suite, Pattern: noise.HandshakeXX, StaticKeypair: s.server.static, Random: rand.Reader,
	})
	if err != nil {
		return err
	}
	message1, err := s.readHandshake()
	if err != nil {
		return err
	}
	if payload, _, _, err := handshake.ReadMessage(nil, message1); err != nil || len(payload) > 0 {
		return failed("message 1 of %d bytes: %v", len(message1), err)
	}
	message2, _, _, err := handshake.WriteMessage(nil, s.server.evidence)
	if err != nil {
		return failed("message 2: %v", err)
	}
	if err := s.socket.WriteMessage(websocket.BinaryMessage, message2); err != nil {
		return err
	}
	message3, err := s.readHandshake()
	if err != nil {
		return err
	}
	payload, receive, send, err := handshake.ReadMessage(nil, message3)
	if err != nil || len(payload) > 0 {
		return failed("message 3 of %d bytes: %v", len(message3), err)
	}
	s.channel = confer.NewChannel(s.socket, send, receive, idle, true)
	return nil
}

func (s *session) say(id int64, code int32, body []byte) error {
	response := confer.Response{ID: &id, Status: code, Body: body}
	return s.channel.Send(response.Write())
}

// readRequest takes a message apart; what is not a request ends the session.
func readRequest(message []byte) (*confer.Request, error) {
	request, err := confer.ReadRequest(message)
	wrong := func(text string) error { return confer.Fail("", confer.CannotAccept, text, "%v", err) }
	switch {
	case err != nil:
		return nil, wrong("Invalid protobuf message")
	case request.ID == nil:
		return nil, wrong("WebsocketRequest missing required field: id")
	case (request.Verb == "") != (request.Path == ""):
		return nil, wrong("WebsocketRequest must have both verb and path, or neither")
	case request.Verb == "" && request.Chunk == nil:
		return nil, wrong("WebsocketRequest must have verb/path or chunk")
	case request.Chunk != nil && request.Chunk.Seq > math.MaxInt32:
		return nil, wrong("Chunk sequence number must be non-negative")
	}
	return &request, nil
}

// answer gives a request its one terminal answer. A continuation without a start has nothing to continue: no route here
// takes an upload.
func (s *session) answer(request *confer.Request) error {
	if request.Verb == "" {
		return nil
	}
	if s.admission.over(s.server.now()) {
		return &status{402, "Payment required"}
	}
	switch request.Verb + " " + request.Path {
	case "GET /ping":
		return s.say(*request.ID, 200, []byte("PONG"))
	case "POST /v1/vllm/chat/completions":
		return s.answerChat(*request.ID, request.Body)
	}
	return &status{404, "Route not found"}
}

// serve runs the session until something ends it.
func (s *session) serve() error {
	if err := s.open(); err != nil {
		return err
	}
	for {
		message, err := s.channel.Receive()
		if err != nil {
			return err
		}
		request, err := readRequest(message)
		if err != nil {
			return err
		}
		err = s.answer(request)
		var refused *status
		if errors.As(err, &refused) {
			err = s.say(*request.ID, refused.code, []byte(refused.body))
		}
		if err != nil {
			return err
		}
	}
}

// run serves and says, in the close frame, how it ended; details stay on stderr.
func (s *session) run() {
	err := s.serve()
	var failure *confer.Failure
	if errors.As(err, &failure) && failure.Code != 0 {
		s.server.log(fmt.Sprintf("%d %s", failure.Code, failure.Text))
		confer.Close(s.socket, failure.Code, failure.Text)
		return
	}
	s.socket.Close()
}
