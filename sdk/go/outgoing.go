package behest

import (
	"context"
	"encoding/json"
	"time"
)

// Bytes of a frame around its parameters, generously counted.
const envelopeBytes = 256

// outgoing has all requests of the person: with a connection they are sent now, a stop before all others (UI-4).
type outgoing struct {
	c       *Client
	store   OutboxStore
	ids     ids
	stops   *requestQueue
	writes  *requestQueue
	reads   *requestQueue
	loading bool
	loaded  bool
	// stopCallers wait for the answer of the stop that is pending.
	stopCallers []func(json.RawMessage, *Error)
}

func newOutgoing(c *Client, store OutboxStore) *outgoing {
	o := &outgoing{c: c, store: store, loaded: store == nil}
	counted := func(*waitingRequest) { c.outboxChanged() }
	o.stops = &requestQueue{c: c, untiring: true, kept: o.kept, gone: o.gone}
	o.writes = &requestQueue{c: c, kept: o.kept, gone: o.gone}
	o.reads = &requestQueue{c: c, kept: counted, gone: counted}
	return o
}

func (o *outgoing) waiting() int {
	return len(o.stops.requests) + len(o.writes.requests) + len(o.reads.requests)
}

func (o *outgoing) stopPending() bool { return len(o.stops.requests) > 0 }

// clear: something new can be shown, as no stop is pending, here or in the store.
func (o *outgoing) clear() bool { return o.loaded && !o.stopPending() }

// request begins a request, and gives what forgets it if it was not sent yet.
func (o *outgoing) request(method string, params any, timeout time.Duration, done func(json.RawMessage, *Error)) func() {
	none := func() {}
	class := requestClasses[method]
	// A second stop would change nothing: both callers get the answer of the first.
	if class == classStop && o.stopPending() {
		o.stopCallers = append(o.stopCallers, done)
		return none
	}
	if method == "safety.resume" && o.stopPending() {
		done(nil, newError(KindConflict, "Your Stop is not answered yet. Try again."))
		return none
	}
	plain, err := json.Marshal(params)
	if err != nil {
		done(nil, newError(KindInvalidParams, "The parameters cannot be written as JSON."))
		return none
	}
	if len(plain)+envelopeBytes > limitFrameInBytes {
		done(nil, newError(KindTooLarge, "This is more than one message to the server may hold."))
		return none
	}
	request := o.made("", method, plain, timeout, done)
	o.route(class, request)
	if class == classStop {
		return none
	}
	return func() {
		o.writes.forget(request)
		o.reads.forget(request)
	}
}

func (o *outgoing) made(id, method string, params json.RawMessage, timeout time.Duration, done func(json.RawMessage, *Error)) *waitingRequest {
	if id == "" {
		id = o.ids.next()
	}
	request := &waitingRequest{id: id, method: method, timeout: timeout, createdAt: time.Now()}
	request.params = withKey(method, params, id)
	request.settle = func(result json.RawMessage, err *Error) {
		if err == nil && (method == "safety.stop" || method == "safety.resume") {
			o.c.setStopped(method == "safety.stop")
		}
		done(result, err)
		if method == "safety.stop" {
			callers := o.stopCallers
			o.stopCallers = nil
			for _, one := range callers {
				one(result, err)
			}
		}
	}
	return request
}

func (o *outgoing) route(class requestClass, request *waitingRequest) {
	on := o.c.usable()
	full := o.waiting() >= limitClientOutbox
	tooMany := newError(KindQueueFull, "Too many requests wait for a connection. Try again later.")
	switch {
	case class == classStop:
		o.stops.add(request)
	case class == classOnce && on == nil:
		request.settle(nil, newError(KindOffline, "There is no connection to the server now."))
	case class == classWrite && on != nil && len(o.writes.requests) == 0 && len(o.stops.requests) == 0,
		class != classWrite && on != nil:
		o.direct(on, class, request)
	case class == classRead && o.c.state.Final():
		request.settle(nil, newError(KindOffline, "There is no connection to the server."))
	case full:
		request.settle(nil, tooMany)
	case class == classWrite:
		o.writes.add(request)
	default:
		o.reads.add(request)
	}
}

func (o *outgoing) direct(on *connection, class requestClass, request *waitingRequest) {
	if len(on.calls) >= limitClientInFlight {
		request.settle(nil, newError(KindQueueFull, "Too many requests wait for their answers. Try again later."))
		return
	}
	request.sentAt = time.Now()
	on.call(request.method, request.params, request.timeout, func(result json.RawMessage, err *Error) {
		// Beyond the limit the error stays KindBroken: the request was sent, and its fate is unknown.
		if err == nil || err.Kind != KindBroken || class == classOnce || o.c.closed || o.waiting() >= limitClientOutbox {
			request.settle(result, err)
			return
		}
		request.tries++
		o.route(class, request)
	})
}

// start: the connection is ready and belongs to this person.
func (o *outgoing) start(on *connection) {
	o.stops.start(on)
	o.reads.start(on)
	o.load()
	o.startWrites()
}

func (o *outgoing) connectionEnded() {
	for _, queue := range []*requestQueue{o.stops, o.writes, o.reads} {
		queue.connectionEnded()
	}
}

// startWrites: writes wait until every stop is answered.
func (o *outgoing) startWrites() {
	if on := o.c.usable(); on != nil && o.loaded && !o.stopPending() {
		o.writes.start(on)
	}
}

func (o *outgoing) kept(request *waitingRequest) {
	o.put(request)
	o.c.outboxChanged()
}

func (o *outgoing) gone(request *waitingRequest) {
	o.stored(func(ctx context.Context, store OutboxStore) error { return store.Remove(ctx, request.id) })
	if request.method == "safety.stop" {
		o.startWrites()
	}
	o.c.outboxChanged()
}

func (o *outgoing) put(request *waitingRequest) {
	if o.c.userID == "" {
		return
	}
	stored := StoredRequest{request.id, o.c.userID, request.method, request.params, request.createdAt, request.sentAt}
	o.stored(func(ctx context.Context, store OutboxStore) error { return store.Put(ctx, stored) })
}

func (o *outgoing) stored(work func(context.Context, OutboxStore) error) {
	if o.store == nil {
		return
	}
	o.c.stores.add(func() {
		if err := work(context.Background(), o.store); err != nil {
			o.c.log.Warn("behest: the outbox's store failed", "error", err)
		}
	})
}

// load takes over what an earlier run of the same person left, if the person is known.
func (o *outgoing) load() {
	if o.store == nil || o.loading || o.c.userID == "" {
		return
	}
	o.loading = true
	// What was asked before the person was known is kept from now on.
	for _, request := range append(append([]*waitingRequest{}, o.stops.requests...), o.writes.requests...) {
		o.put(request)
	}
	userID := o.c.userID
	o.c.stores.add(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limitClientConnectMs*millisecond)
		defer cancel()
		found, err := o.store.Load(ctx)
		if err != nil {
			o.c.log.Warn("behest: the outbox's store failed", "error", err)
		}
		o.c.mu.Lock()
		defer o.c.mu.Unlock()
		for _, stored := range found {
			if stored.UserID == userID && !o.has(stored.ID) && !o.c.closed {
				o.adopt(stored)
			}
		}
		o.loaded = true
		o.c.outboxChanged()
		o.startWrites()
	})
}

func (o *outgoing) has(id string) bool {
	for _, request := range append(append([]*waitingRequest{}, o.stops.requests...), o.writes.requests...) {
		if request.id == id {
			return true
		}
	}
	return false
}

func (o *outgoing) adopt(stored StoredRequest) {
	class := requestClasses[stored.Method]
	if class != classStop && class != classWrite {
		return
	}
	request := o.made(stored.ID, stored.Method, stored.Params, limitClientRequestMs*millisecond, func(_ json.RawMessage, err *Error) {
		if err != nil && err.Kind != KindClosed {
			o.c.emit(func(h *Handlers) {
				if h.Unsent != nil {
					h.Unsent(stored, err)
				}
			})
		}
	})
	request.createdAt, request.sentAt = stored.CreatedAt, stored.SentAt
	if class == classStop {
		o.stops.add(request)
	} else {
		o.writes.add(request)
	}
}

// withKey adds a key where the method has one and the caller gave none.
func withKey(method string, params json.RawMessage, key string) json.RawMessage {
	if !isKeyed(method) {
		return params
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(params, &fields) != nil || fields["key"] != nil {
		return params
	}
	fields["key"], _ = json.Marshal(key)
	keyed, err := json.Marshal(fields)
	if err != nil {
		return params
	}
	return keyed
}
