package behest

import (
	"encoding/json"
	"math"
	"time"
)

// Close codes for ends that the server did not choose, and those that the library itself uses.
const (
	codeClosed          = 1000
	codeDropped         = 4000
	codeOtherPerson     = 4001
	codeBadFrame        = 4400
	codeSuspended       = 4403
	codeHeartbeatMissed = 4408
)

// closeStep is a client's next step after a close.
type closeStep int

const (
	thenReconnect closeStep = iota
	thenStop
	thenLogin
	thenBackOff
)

type pendingCall struct {
	done  func(json.RawMessage, *Error)
	timer *timer
}

// connection is one socket from opening to end: first frame, heartbeats both ways, calls and answers. Never reopened. Its
// methods are called with the client's lock held, except those of SocketEvents.
type connection struct {
	c       *Client
	socket  Socket
	calls   map[int64]pendingCall
	nextID  int64
	ready   bool
	ended   bool
	closing *SessionClosingParams
	heardAt time.Time
	watch   *timer
	beat    *timer
}

func newConnection(c *Client) *connection {
	n := &connection{c: c, calls: map[int64]pendingCall{}, nextID: 1, heardAt: time.Now()}
	n.watch = c.after(limitClientConnectMs*time.Millisecond, func() {
		n.drop(codeDropped, "no session.ready in time", thenReconnect)
	})
	return n
}

// usable: requests can be sent, after session.ready and before session.closing.
func (n *connection) usable() bool { return n.ready && !n.ended && n.closing == nil }

// call calls done once, with a KindBroken error when no answer can come any more.
func (n *connection) call(method string, params any, timeout time.Duration, done func(json.RawMessage, *Error)) {
	if !n.usable() {
		done(nil, errBroken())
		return
	}
	id := n.nextID
	n.nextID++
	t := n.c.after(timeout, func() {
		delete(n.calls, id)
		done(nil, newError(KindTimedOut, "The server did not answer in time."))
	})
	n.calls[id] = pendingCall{done, t}
	n.send(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

// drop ends the connection now, without waiting for the peer: a dead one never answers a close.
func (n *connection) drop(code int, reason string, then closeStep) {
	if n.ended {
		return
	}
	n.c.log.Info("behest: connection dropped", "reason", reason)
	n.socket.Close(code, reason)
	n.end(code, reason, then)
}

// finish ends the connection because the client no longer needs it.
func (n *connection) finish() {
	if !n.ended {
		n.socket.Close(codeClosed, "")
		n.end(codeClosed, "closed", thenStop)
	}
}

type frame struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  *string         `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   *rpcError       `json:"error"`
}

// Message implements SocketEvents.
func (n *connection) Message(text []byte) {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	if n.ended {
		return
	}
	n.heardAt = time.Now()
	var f frame
	if json.Unmarshal(text, &f) != nil || f.Version != "2.0" {
		n.malformed("no JSON-RPC")
		return
	}
	switch {
	case f.Method != nil && f.ID != nil:
		refusal := map[string]any{"code": -32601, "message": "This client answers no requests."}
		n.send(map[string]any{"jsonrpc": "2.0", "id": f.ID, "error": refusal})
	case f.Method != nil:
		n.notified(*f.Method, f.Params)
	case f.ID != nil && (f.Result != nil || f.Error != nil):
		n.answered(f)
	default:
		n.malformed("neither a notification nor an answer")
	}
}

// Closed implements SocketEvents.
func (n *connection) Closed(code int, reason string) {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	if n.ended {
		return
	}
	// A proxy may drop the announced code.
	if code < 3000 && n.closing != nil {
		code = int(n.closing.Code)
	}
	if reason == "" {
		reason = "connection lost"
	}
	n.end(code, reason, n.next(code))
}

// Refused implements SocketEvents.
func (n *connection) Refused(status int) {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	if n.ended {
		return
	}
	n.ended = true
	n.stopTimers()
	n.c.turnedAway(n, status)
}

func (n *connection) notified(method string, params json.RawMessage) {
	if method == "session.closing" {
		n.announced(params)
		return
	}
	if !n.ready {
		n.first(method, params)
		return
	}
	if method == "session.ready" || !n.c.notified(method, params) {
		n.malformed(method)
	}
}

func (n *connection) first(method string, params json.RawMessage) {
	var greeting SessionReadyParams
	sound := method == "session.ready" && json.Unmarshal(params, &greeting) == nil && greeting.Protocol == 1 &&
		greeting.User.ID != "" && greeting.Heartbeat.IntervalMs > 0 && greeting.Heartbeat.Misses > 0
	if !sound {
		n.malformed(method + " where session.ready was expected")
		return
	}
	interval := time.Duration(greeting.Heartbeat.IntervalMs * float64(time.Millisecond))
	silence := interval * time.Duration(greeting.Heartbeat.Misses)
	n.ready = true
	n.watch.stop()
	n.watchFor(silence, silence)
	n.beat = n.c.after(interval, func() { n.sendBeat(interval) })
	n.c.becameReady(n, &greeting)
}

// announced: the server is about to close. If its close does not come, the connection ends here.
func (n *connection) announced(params json.RawMessage) {
	var closing SessionClosingParams
	if json.Unmarshal(params, &closing) != nil || closing.Code == 0 {
		n.malformed("session.closing")
		return
	}
	if n.closing != nil {
		return
	}
	n.closing = &closing
	n.watch.stop()
	n.watch = n.c.after(limitShutdownMs*time.Millisecond, func() {
		n.drop(codeDropped, "the server announced its close", n.next(int(closing.Code)))
	})
}

func (n *connection) answered(f frame) {
	var id int64
	// An answer after the timeout is late, not malformed; one without an id is about a frame of ours.
	if json.Unmarshal(f.ID, &id) != nil {
		return
	}
	call, ok := n.calls[id]
	if !ok {
		return
	}
	delete(n.calls, id)
	call.timer.stop()
	if f.Error != nil {
		call.done(nil, f.Error.toError())
	} else {
		call.done(f.Result, nil)
	}
}

func (n *connection) sendBeat(interval time.Duration) {
	n.beat = n.c.after(interval, func() { n.sendBeat(interval) })
	// The connection stayed open for one more interval.
	n.c.attempt = 0
	if n.usable() {
		// Only the arrival of an answer counts; watchFor acts on silence.
		n.call("heartbeat", struct{}{}, interval, func(json.RawMessage, *Error) {})
	}
}

func (n *connection) watchFor(silence, wait time.Duration) {
	n.watch = n.c.after(wait, func() {
		if left := silence - time.Since(n.heardAt); left > 0 {
			n.watchFor(silence, left)
		} else {
			n.drop(codeHeartbeatMissed, "the server is silent", thenReconnect)
		}
	})
}

func (n *connection) malformed(what string) {
	n.c.log.Warn("behest: malformed frame from the server", "what", what)
	n.drop(codeBadFrame, "malformed frame from the server", thenReconnect)
}

func (n *connection) send(frame map[string]any) {
	text, err := json.Marshal(frame)
	if err == nil {
		n.socket.Send(text)
	}
}

func (n *connection) next(code int) closeStep {
	then := afterClose[code]
	if n.closing != nil && !n.closing.Reconnect && then != thenLogin {
		return thenStop
	}
	return then
}

func (n *connection) stopTimers() {
	n.watch.stop()
	n.beat.stop()
}

func (n *connection) end(code int, reason string, then closeStep) {
	n.ended = true
	n.stopTimers()
	calls := n.calls
	n.calls = map[int64]pendingCall{}
	// In the order in which they were made.
	for id := range n.nextID {
		if call, ok := calls[id]; ok {
			call.timer.stop()
			call.done(nil, errBroken())
		}
	}
	n.c.connectionEnded(n, code, reason, then)
}

func errBroken() *Error { return newError(KindBroken, "The connection broke before the answer came.") }

// backOff is a random wait up to min(30 s, 2^n × 0.5 s).
func backOff(fraction float64, attempt int) time.Duration {
	longest := math.Min(limitReconnectMaxMs, limitReconnectBaseMs*math.Pow(2, math.Min(float64(attempt), 30)))
	return time.Duration(fraction * longest * float64(time.Millisecond))
}
