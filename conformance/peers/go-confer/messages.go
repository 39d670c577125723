package confer

import (
	"encoding/binary"
	"errors"
	"math"
	"sort"
	"unicode/utf8"
)

// The four messages, as proto3 writes them. Unknown fields, and known numbers with another wire type, are skipped.

type Frame struct {
	ID           int64
	Index, Total uint32
	Payload      []byte
}

type Chunk struct {
	Data  []byte
	Final bool
	Seq   uint32
}

type Request struct {
	ID         *int64 // nil: absent
	Verb, Path string
	Body       []byte
	Chunk      *Chunk // nil: absent
}

type Response struct {
	ID      *int64 // nil: absent
	Status  int32
	Body    []byte
	Headers map[string]string
}

var errProtobuf = errors.New("not a protobuf message")

const (
	wireVarint = 0
	wireFixed8 = 1
	wireBytes  = 2
	wireFixed4 = 5
)

type field struct {
	number uint64
	wire   uint64
	value  uint64
	bytes  []byte
}

func (f *field) is(number, wire uint64) bool { return f.number == number && f.wire == wire }

// takeVarint reads a varint of at most ten bytes.
func takeVarint(in []byte) (value uint64, rest []byte, err error) {
	value, n := binary.Uvarint(in)
	if n <= 0 {
		return 0, nil, errProtobuf
	}
	return value, in[n:], nil
}

func takeField(in []byte) (f field, rest []byte, err error) {
	tag, rest, err := takeVarint(in)
	if err != nil || tag>>3 == 0 || tag > math.MaxUint32 {
		return f, nil, errProtobuf
	}
	f.number, f.wire = tag>>3, tag&7
	size := uint64(0)
	switch f.wire {
	case wireVarint:
		f.value, rest, err = takeVarint(rest)
		return f, rest, err
	case wireFixed8:
		size = 8
	case wireFixed4:
		size = 4
	case wireBytes:
		if size, rest, err = takeVarint(rest); err != nil {
			return f, nil, err
		}
	default:
		return f, nil, errProtobuf
	}
	if size > uint64(len(rest)) {
		return f, nil, errProtobuf
	}
	f.bytes = rest[:size]
	return f, rest[size:], nil
}

// each hands the fields of a message to take, one after another.
func each(in []byte, take func(*field) error) error {
	for len(in) > 0 {
		f, rest, err := takeField(in)
		if err != nil {
			return err
		}
		if err := take(&f); err != nil {
			return err
		}
		in = rest
	}
	return nil
}

// text is a string field's content, which must be UTF-8.
func text(f *field, out *string) error {
	if !utf8.Valid(f.bytes) {
		return errProtobuf
	}
	*out = string(f.bytes)
	return nil
}

func ReadFrame(in []byte) (f Frame, err error) {
	err = each(in, func(at *field) error {
		switch {
		case at.is(1, wireVarint):
			f.ID = int64(at.value)
		case at.is(2, wireVarint):
			f.Index = uint32(at.value)
		case at.is(3, wireVarint):
			f.Total = uint32(at.value)
		case at.is(4, wireBytes):
			f.Payload = at.bytes
		}
		return nil
	})
	return f, err
}

func readChunk(in []byte, c *Chunk) error {
	return each(in, func(at *field) error {
		switch {
		case at.is(1, wireBytes):
			c.Data = at.bytes
		case at.is(2, wireVarint):
			c.Final = at.value != 0
		case at.is(3, wireVarint):
			c.Seq = uint32(at.value)
		}
		return nil
	})
}

func ReadRequest(in []byte) (r Request, err error) {
	err = each(in, func(at *field) error {
		switch {
		case at.is(1, wireVarint):
			id := int64(at.value)
			r.ID = &id
		case at.is(2, wireBytes):
			return text(at, &r.Verb)
		case at.is(3, wireBytes):
			return text(at, &r.Path)
		case at.is(4, wireBytes):
			r.Body = at.bytes
		case at.is(5, wireBytes):
			if r.Chunk == nil {
				r.Chunk = &Chunk{}
			}
			return readChunk(at.bytes, r.Chunk)
		}
		return nil
	})
	return r, err
}

func ReadResponse(in []byte) (r Response, err error) {
	r.Headers = map[string]string{}
	err = each(in, func(at *field) error {
		switch {
		case at.is(1, wireVarint):
			id := int64(at.value)
			r.ID = &id
		case at.is(2, wireVarint):
			r.Status = int32(at.value)
		case at.is(3, wireBytes):
			r.Body = at.bytes
		case at.is(4, wireBytes):
			return readHeader(at.bytes, r.Headers)
		}
		return nil
	})
	return r, err
}

func readHeader(in []byte, headers map[string]string) error {
	var name, value string
	err := each(in, func(at *field) error {
		switch {
		case at.is(1, wireBytes):
			return text(at, &name)
		case at.is(2, wireBytes):
			return text(at, &value)
		}
		return nil
	})
	headers[name] = value
	return err
}

func putVarint(out []byte, number int, value uint64) []byte {
	out = binary.AppendUvarint(out, uint64(number)<<3|wireVarint)
	return binary.AppendUvarint(out, value)
}

func putBytes(out []byte, number int, value []byte) []byte {
	out = binary.AppendUvarint(out, uint64(number)<<3|wireBytes)
	out = binary.AppendUvarint(out, uint64(len(value)))
	return append(out, value...)
}

// Write spells out every member, zero or not: the server does so with index 0.
func (f Frame) Write() []byte {
	out := putVarint(nil, 1, uint64(f.ID))
	out = putVarint(out, 2, uint64(f.Index))
	out = putVarint(out, 3, uint64(f.Total))
	return putBytes(out, 4, f.Payload)
}

func (r Request) Write() []byte {
	out := putVarint(nil, 1, uint64(*r.ID))
	out = putBytes(out, 2, []byte(r.Verb))
	out = putBytes(out, 3, []byte(r.Path))
	if len(r.Body) > 0 {
		out = putBytes(out, 4, r.Body)
	}
	return out
}

// Write leaves out an empty body. Headers come in the order of their names.
func (r Response) Write() []byte {
	out := putVarint(nil, 1, uint64(*r.ID))
	out = putVarint(out, 2, uint64(uint32(r.Status)))
	if len(r.Body) > 0 {
		out = putBytes(out, 3, r.Body)
	}
	names := []string{}
	for name := range r.Headers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		out = putBytes(out, 4, putBytes(putBytes(nil, 1, []byte(name)), 2, []byte(r.Headers[name])))
	}
	return out
}
