package behest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// blockedAfter WebSockets in a row that ended without a frame, a stream is tried.
const blockedAfter = 2

// fallback opens WebSockets, and streams where those are blocked (WS-12). A stream that worked is used again; when one fails, a
// WebSocket is tried again.
type fallback struct {
	webSocket Dialer
	client    *http.Client
	changed   func(transport string)

	mu        sync.Mutex
	silent    int
	transport string
}

func (f *fallback) dial(address Address, events SocketEvents) Socket {
	f.mu.Lock()
	streams := f.silent >= blockedAfter
	f.mu.Unlock()
	watch := &watchedEvents{SocketEvents: events, f: f, streams: streams}
	if streams {
		return dialStream(f.client, address, watch)
	}
	return f.webSocket(address, watch)
}

func (f *fallback) spoke(streams bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.silent = 0
	transport := "websocket"
	if streams {
		f.silent, transport = blockedAfter, "stream"
	}
	if before := f.transport; before == transport || (before == "" && !streams) {
		return
	}
	f.transport = transport
	f.changed(transport)
}

func (f *fallback) ended(streams, spoke bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case spoke:
	case streams:
		f.silent = 0
	default:
		f.silent++
	}
}

type watchedEvents struct {
	SocketEvents
	f       *fallback
	streams bool
	heard   bool
}

func (w *watchedEvents) Message(text []byte) {
	if !w.heard {
		w.heard = true
		w.f.spoke(w.streams)
	}
	w.SocketEvents.Message(text)
}

func (w *watchedEvents) Closed(code int, reason string) {
	w.f.ended(w.streams, w.heard)
	w.SocketEvents.Closed(code, reason)
}

func (w *watchedEvents) Refused(status int) {
	// Proxies answer in many ways where they let no WebSocket pass.
	w.f.ended(w.streams, w.heard || status == http.StatusUnauthorized || status == http.StatusForbidden)
	w.SocketEvents.Refused(status)
}

// streamSocket is GET /api/stream and POST /api/v1/rpc as a Socket.
type streamSocket struct {
	client  *http.Client
	address Address
	events  SocketEvents
	frames  *outgoingFrames
	ctx     context.Context
	cancel  context.CancelFunc
	// One goroutine at a time tells the events.
	mu   sync.Mutex
	over bool
}

func dialStream(client *http.Client, address Address, events SocketEvents) Socket {
	ctx, cancel := context.WithCancel(context.Background())
	s := &streamSocket{client: client, address: address, events: events, frames: newOutgoingFrames(), ctx: ctx, cancel: cancel}
	go s.read()
	go s.write()
	return s
}

func (s *streamSocket) Send(text []byte) {
	var frame struct {
		Method string `json:"method"`
	}
	_ = json.Unmarshal(text, &frame)
	// These wait for no answer of others; all other frames leave one after another, as on a WebSocket.
	if frame.Method == "safety.stop" || frame.Method == "heartbeat" {
		go s.post(text)
	} else {
		s.frames.put(text)
	}
}

func (s *streamSocket) Close(code int, reason string) { go s.end(code, reason, 0) }

func (s *streamSocket) write() {
	for {
		frame, ok := s.frames.take(s.ctx)
		if !ok {
			return
		}
		s.post(frame)
	}
}

func (s *streamSocket) request(method, path string, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(s.ctx, method, apiURL(s.address, path), body)
	if err != nil {
		return nil, err
	}
	if s.address.Token != "" {
		request.Header.Set("Authorization", "Bearer "+s.address.Token)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return s.client.Do(request)
}

func (s *streamSocket) read() {
	timer := time.AfterFunc(limitClientConnectMs*time.Millisecond, s.cancel)
	response, err := s.request(http.MethodGet, "/api/stream", nil)
	timer.Stop()
	if err != nil {
		s.end(codeLost, "", 0)
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		s.end(0, "", response.StatusCode)
		return
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, readLimit)
	event, data := "message", ""
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "event:"):
			event = strings.TrimSpace(line[len("event:"):])
		case strings.HasPrefix(line, "data:"):
			data = strings.TrimPrefix(line[len("data:"):], " ")
		case line == "" && data != "" && event == "close":
			var said struct {
				Code   int    `json:"code"`
				Reason string `json:"reason"`
			}
			_ = json.Unmarshal([]byte(data), &said)
			s.end(said.Code, said.Reason, 0)
			return
		case line == "" && data != "":
			s.tell([]byte(data))
			event, data = "message", ""
		}
	}
	s.end(codeLost, "", 0)
}

func (s *streamSocket) post(frame []byte) {
	response, err := s.request(http.MethodPost, "/api/v1/rpc", bytes.NewReader(frame))
	if err != nil {
		s.end(codeLost, "", 0)
		return
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, readLimit))
	switch {
	case err != nil || response.StatusCode >= 300 && response.StatusCode != http.StatusUnauthorized:
		s.end(codeLost, "", 0)
	case response.StatusCode == http.StatusUnauthorized:
		s.end(4401, "session over", 0)
	case len(answer) > 0:
		s.tell(answer)
	}
}

func (s *streamSocket) tell(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.events.Message(text)
	}
}

func (s *streamSocket) end(code int, reason string, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	s.cancel()
	if refused != 0 {
		s.events.Refused(refused)
	} else {
		s.events.Closed(code, reason)
	}
}
