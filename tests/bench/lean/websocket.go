package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
)

var (
	deliverHead = []byte(`{"jsonrpc":"2.0","method":"command.deliver"`)
	cursorHead  = []byte(`"cursor":"`)
	ackHead     = []byte(`{"jsonrpc":"2.0","id":"a"`)
	answerHead  = []byte(`{"jsonrpc":"2.0","id":`)
	errorHead   = []byte(`"error":`)
)

// WebSocket speaks to Behest, or to the bare server: that one says hello and sends its text to everybody when asked.
type webSocket struct {
	*wire
	raw    bool
	cursor []byte
	frame  []byte
}

func (s *webSocket) open(command *Command, at int) error {
	path := "/"
	if !s.raw {
		query := url.Values{"token": {command.Names[at]}}
		if command.Device != "" {
			query.Set("device", command.Device)
		}
		if command.Window != 0 {
			query.Set("window", fmt.Sprint(command.Window))
		}
		path = "/api/ws?" + query.Encode()
	}
	fmt.Fprintf(s.writer, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path, command.Addr)
	if err := s.flush(); err != nil {
		return err
	}
	status, err := s.reader.ReadString('\n')
	if err != nil || !strings.Contains(status, " 101 ") {
		return fmt.Errorf("no upgrade: %q %v", status, err)
	}
	for line := ""; line != "\r\n"; {
		if line, err = s.reader.ReadString('\n'); err != nil {
			return err
		}
	}
	_, err = s.read()
	return err
}

// Reads one message; control frames are answered or end the line.
func (s *webSocket) read() ([]byte, error) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(s.reader, head[:]); err != nil {
			return nil, err
		}
		length := uint64(head[1] & 0x7f)
		var long [8]byte
		switch length {
		case 126:
			if _, err := io.ReadFull(s.reader, long[6:]); err != nil {
				return nil, err
			}
			length = binary.BigEndian.Uint64(long[:])
		case 127:
			if _, err := io.ReadFull(s.reader, long[:]); err != nil {
				return nil, err
			}
			length = binary.BigEndian.Uint64(long[:])
		}
		if uint64(cap(s.frame)) < length {
			s.frame = make([]byte, length)
		}
		s.frame = s.frame[:length]
		if _, err := io.ReadFull(s.reader, s.frame); err != nil {
			return nil, err
		}
		switch head[0] & 0x0f {
		case 1:
			if head[0]&0x80 == 0 {
				return nil, fmt.Errorf("a message in parts")
			}
			return s.frame, nil
		case 8:
			return nil, fmt.Errorf("closed: %q", s.frame)
		case 9:
			if err := s.write(10, string(s.frame)); err != nil {
				return nil, err
			}
		}
	}
}

func (s *webSocket) next() (Event, error) {
	frame, err := s.read()
	if err != nil {
		return Event{}, err
	}
	switch {
	case s.raw || bytes.HasPrefix(frame, deliverHead):
		if s.raw {
			return Event{delivered, 1}, nil
		}
		head := bytes.LastIndex(frame, cursorHead) + len(cursorHead)
		s.cursor = append(s.cursor[:0], frame[head:head+20]...)
		return Event{delivered, bytes.Count(frame, cursorHead)}, nil
	case bytes.HasPrefix(frame, answerHead):
		if bytes.Contains(frame, errorHead) {
			return Event{}, fmt.Errorf("refused: %s", frame)
		}
		if bytes.HasPrefix(frame, ackHead) {
			return Event{confirmed, 1}, nil
		}
		return Event{answered, 1}, nil
	}
	return Event{}, nil
}

func (s *webSocket) acknowledge(confirm bool) error {
	id := ""
	if confirm {
		id = `"id":"a",`
	}
	return s.write(1, `{"jsonrpc":"2.0",`+id+`"method":"inbox.ack","params":{"cursor":"`+string(s.cursor)+`"}}`)
}

// The topic is a username, or * for everybody. The bare server sends to all whatever it gets.
func (s *webSocket) publish(id int64, topic string, payload string) error {
	audience := `{"kind":"user","to":["` + topic + `"]}`
	if topic == "*" {
		audience = `{"kind":"all"}`
	}
	return s.write(1, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"command.send","params":{"key":"k%d","audience":%s,`+
		`"kind":"message","title":"A short title","body":"%s"}}`, id, id, audience, payload))
}

// Clients mask what they send; a mask of zeros leaves it as it is.
func (s *webSocket) write(opcode byte, text string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	head := []byte{0x80 | opcode}
	if len(text) < 126 {
		head = append(head, 0x80|byte(len(text)))
	} else {
		head = append(head, 0x80|126, byte(len(text)>>8), byte(len(text)))
	}
	head = append(head, 0, 0, 0, 0)
	if _, err := s.writer.Write(head); err != nil {
		return err
	}
	_, err := s.writer.WriteString(text)
	return err
}

func (s *webSocket) leave() {
	if s.write(8, "\x03\xe8") == nil {
		_ = s.flush()
	}
}
