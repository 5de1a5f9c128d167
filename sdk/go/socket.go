package behest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	subProtocol = "behest.v1"
	// An answer may be larger than a frame to the server.
	readLimit = 4 << 20
	codeLost  = 1006
)

// Address is where and as what to connect.
type Address struct {
	Server string
	Query  url.Values
	Token  string
}

// SocketEvents is told what happens on a Socket. Closed or Refused is told once, last.
type SocketEvents interface {
	Message(text []byte)
	// Closed: 1006 is a broken network.
	Closed(code int, reason string)
	// Refused: the server answered the attempt with this HTTP status.
	Refused(status int)
}

// Socket is an open or opening connection. Its methods do not wait.
type Socket interface {
	Send(text []byte)
	Close(code int, reason string)
}

// Dialer opens a connection. It tells nothing before it returned.
type Dialer func(address Address, events SocketEvents) Socket

// outgoingFrames is an unbounded queue between a Socket's callers and its writer.
type outgoingFrames struct {
	mu     sync.Mutex
	frames [][]byte
	more   chan struct{}
}

func newOutgoingFrames() *outgoingFrames { return &outgoingFrames{more: make(chan struct{}, 1)} }

func (q *outgoingFrames) put(frame []byte) {
	q.mu.Lock()
	q.frames = append(q.frames, frame)
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default:
	}
}

func (q *outgoingFrames) take(ctx context.Context) ([]byte, bool) {
	for {
		q.mu.Lock()
		if len(q.frames) > 0 {
			frame := q.frames[0]
			q.frames = q.frames[1:]
			q.mu.Unlock()
			return frame, true
		}
		q.mu.Unlock()
		select {
		case <-q.more:
		case <-ctx.Done():
			return nil, false
		}
	}
}

type webSocket struct {
	frames *outgoingFrames
	cancel context.CancelFunc
	mu     sync.Mutex
	conn   *websocket.Conn
	closed bool
}

// dialWebSocket is the Dialer over coder/websocket.
func dialWebSocket(client *http.Client) Dialer {
	return func(address Address, events SocketEvents) Socket {
		ctx, cancel := context.WithCancel(context.Background())
		s := &webSocket{frames: newOutgoingFrames(), cancel: cancel}
		go s.run(ctx, client, address, events)
		return s
	}
}

func (s *webSocket) Send(text []byte) { s.frames.put(text) }

func (s *webSocket) Close(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	conn := s.conn
	if conn == nil {
		s.cancel()
		return
	}
	go func() {
		// A dead peer never answers a close.
		timer := time.AfterFunc(limitClientCloseMs*time.Millisecond, s.cancel)
		defer timer.Stop()
		_ = conn.Close(websocket.StatusCode(code), reason)
		s.cancel()
	}()
}

func (s *webSocket) run(ctx context.Context, client *http.Client, address Address, events SocketEvents) {
	defer s.cancel()
	header := http.Header{}
	if address.Token != "" {
		header.Set("Authorization", "Bearer "+address.Token)
	}
	dialCtx, stop := context.WithTimeout(ctx, limitClientConnectMs*time.Millisecond)
	conn, response, err := websocket.Dial(dialCtx, apiURL(address, "/api/ws"), &websocket.DialOptions{
		HTTPClient: client, HTTPHeader: header, Subprotocols: []string{subProtocol},
	})
	stop()
	if err != nil {
		if response != nil && response.StatusCode != http.StatusSwitchingProtocols {
			events.Refused(response.StatusCode)
		} else {
			events.Closed(codeLost, "")
		}
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(readLimit)
	s.mu.Lock()
	s.conn = conn
	given := s.closed
	s.mu.Unlock()
	if given {
		events.Closed(codeLost, "")
		return
	}
	go func() {
		for {
			frame, ok := s.frames.take(ctx)
			if !ok || conn.Write(ctx, websocket.MessageText, frame) != nil {
				return
			}
		}
	}()
	for {
		kind, text, err := conn.Read(ctx)
		if err != nil {
			code, reason := codeLost, ""
			var closing websocket.CloseError
			if errors.As(err, &closing) {
				code, reason = int(closing.Code), closing.Reason
			}
			events.Closed(code, reason)
			return
		}
		if kind != websocket.MessageText {
			text = nil
		}
		events.Message(text)
	}
}

// apiURL is a path of the server with the query of an address.
func apiURL(address Address, path string) string {
	whole := strings.TrimRight(address.Server, "/") + path
	if len(address.Query) > 0 {
		whole += "?" + address.Query.Encode()
	}
	return whole
}
