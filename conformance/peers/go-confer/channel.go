package confer

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/flynn/noise"
	"github.com/gorilla/websocket"
)

// Sizes on the wire.
const (
	MaxRecord    = 65535
	MaxHandshake = 4096
	MaxEvidence  = 65439
	maxPayload   = 65489
)

// What one peer can make a channel hold. The deployed server has no such bounds.
const (
	maxOpen   = 16
	maxChunks = 1024
	maxHeld   = 8 << 20
)

// Close codes as the deployed server uses them.
const (
	CannotAccept = 1003
	Unexpected   = 1011
)

// A Failure ends the session. Reason is a word of the suite, for whoever may be told; Code and Text go into the close frame.
type Failure struct {
	Reason string
	Code   int
	Text   string
	Cause  error
}

func (f *Failure) Error() string { return fmt.Sprintf("%s: %s: %v", f.Reason, f.Text, f.Cause) }

func Fail(reason string, code int, text string, format string, values ...interface{}) *Failure {
	return &Failure{reason, code, text, fmt.Errorf(format, values...)}
}

var Suite = noise.NewCipherSuite(noise.DH25519, noise.CipherAESGCM, noise.HashSHA256)

// ReadBinary gives the next binary message. A text message is not one: with skipText it is passed over.
func ReadBinary(socket *websocket.Conn, patience time.Duration, skipText bool) ([]byte, error) {
	for {
		socket.SetReadDeadline(time.Now().Add(patience))
		kind, reader, err := socket.NextReader()
		if err != nil {
			return nil, &Failure{"truncated", 0, "", err}
		}
		message, err := io.ReadAll(io.LimitReader(reader, MaxRecord+1))
		switch {
		case err != nil:
			return nil, &Failure{"truncated", 0, "", err}
		case kind == websocket.BinaryMessage && len(message) > MaxRecord:
			return nil, Fail("length", CannotAccept, "Message too large", "more than %d bytes", MaxRecord)
		case kind == websocket.BinaryMessage:
			return message, nil
		case !skipText:
			return nil, Fail("parse", CannotAccept, "Binary messages only", "a text message")
		}
	}
}

// assembly collects the frames of one message.
type assembly struct {
	total  uint32
	chunks map[uint32][]byte
}

// A Channel carries whole messages over an established Noise session.
type Channel struct {
	socket   *websocket.Conn
	send     *noise.CipherState
	receive  *noise.CipherState
	patience time.Duration
	skipText bool
	parts    map[int64]*assembly
	held     int
}

func NewChannel(socket *websocket.Conn, send, receive *noise.CipherState, patience time.Duration, skipText bool) *Channel {
	return &Channel{socket, send, receive, patience, skipText, map[int64]*assembly{}, 0}
}

// Send cuts a message into frames under a fresh random id and sends each as one record.
func (c *Channel) Send(message []byte) error {
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		return err
	}
	c.socket.SetWriteDeadline(time.Now().Add(c.patience)) // a peer that reads nothing must not hold us
	total := (len(message) + maxPayload - 1) / maxPayload
	if total == 0 {
		total = 1
	}
	for index := 0; index < total; index++ {
		end := (index + 1) * maxPayload
		if end > len(message) {
			end = len(message)
		}
		frame := Frame{int64(binary.BigEndian.Uint64(id[:])), uint32(index), uint32(total), message[index*maxPayload : end]}
		record, err := c.send.Encrypt(nil, nil, frame.Write())
		if err != nil {
			return err
		}
		if err := c.socket.WriteMessage(websocket.BinaryMessage, record); err != nil {
			return err
		}
	}
	return nil
}

// Receive reads records until a message is complete.
func (c *Channel) Receive() ([]byte, error) {
	for {
		record, err := ReadBinary(c.socket, c.patience, c.skipText)
		if err != nil {
			return nil, err
		}
		plain, err := c.receive.Decrypt(nil, nil, record)
		if err != nil {
			return nil, &Failure{"auth", Unexpected, "Decryption failed", err}
		}
		frame, err := ReadFrame(plain)
		if err != nil {
			return nil, &Failure{"parse", Unexpected, "Frame decode failed", err}
		}
		if message, err := c.take(frame); err != nil || message != nil {
			return message, err
		}
	}
}

// take adds a frame to its message and gives the message when it is complete; an empty message is not nil.
func (c *Channel) take(frame Frame) ([]byte, error) {
	if frame.Total == 0 || frame.Index >= frame.Total {
		return nil, Fail("parse", Unexpected, "Frame decode failed", "chunk %d of %d", frame.Index, frame.Total)
	}
	part := c.parts[frame.ID]
	if part == nil {
		if len(c.parts) == maxOpen || frame.Total > maxChunks {
			return nil, Fail("limit", Unexpected, "Frame decode failed", "%d messages open, %d chunks", len(c.parts), frame.Total)
		}
		part = &assembly{frame.Total, map[uint32][]byte{}}
		c.parts[frame.ID] = part
	}
	if frame.Total != part.total {
		return nil, Fail("parse", Unexpected, "Frame decode failed", "%d chunks, then %d", part.total, frame.Total)
	}
	if before, twice := part.chunks[frame.Index]; twice {
		if !bytes.Equal(before, frame.Payload) {
			return nil, Fail("parse", Unexpected, "Frame decode failed", "chunk %d twice", frame.Index)
		}
		return nil, nil
	}
	c.held += len(frame.Payload)
	if c.held > maxHeld {
		return nil, Fail("limit", Unexpected, "Frame decode failed", "%d bytes held", c.held)
	}
	part.chunks[frame.Index] = frame.Payload
	if len(part.chunks) < int(part.total) {
		return nil, nil
	}
	return c.whole(frame.ID, part), nil
}

// whole joins the chunks in their order and forgets them.
func (c *Channel) whole(id int64, part *assembly) []byte {
	message := []byte{}
	for index := uint32(0); index < part.total; index++ {
		message = append(message, part.chunks[index]...)
	}
	c.held -= len(message)
	delete(c.parts, id)
	return message
}

// Close tells the peer why and waits, briefly, until it has read so.
func Close(socket *websocket.Conn, code int, text string) {
	soon := time.Now().Add(time.Second)
	if socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), soon) == nil {
		socket.SetReadDeadline(soon)
		for {
			if _, _, err := socket.NextReader(); err != nil {
				break
			}
		}
	}
	socket.Close()
}
