package behest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

const millisecond = time.Millisecond

// requestClass says what becomes of a request while there is no connection.
type requestClass int

const (
	// classOnce is sent only while online, and not repeated.
	classOnce requestClass = iota
	// classRead is safe to repeat, and kept only in memory.
	classRead
	// classWrite is safe to repeat, and kept in order while offline.
	classWrite
	// classStop is sent first, and kept until it is answered.
	classStop
)

// StoredRequest is a request that waits for its answer. IDs sort in the order in which the person acted.
type StoredRequest struct {
	ID        string          `json:"id"`
	UserID    string          `json:"userId"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
	CreatedAt time.Time       `json:"createdAt"`
	// SentAt is when it was first sent; zero if it was not.
	SentAt time.Time `json:"sentAt"`
}

// OutboxStore keeps requests over a restart. It is called one call at a time. The client logs its errors and goes on in memory.
type OutboxStore interface {
	Load(ctx context.Context) ([]StoredRequest, error)
	// Put adds the request, or replaces the one with the same ID.
	Put(ctx context.Context, request StoredRequest) error
	Remove(ctx context.Context, id string) error
}

type waitingRequest struct {
	id        string
	method    string
	params    json.RawMessage
	timeout   time.Duration
	createdAt time.Time
	sentAt    time.Time
	tries     int
	settle    func(json.RawMessage, *Error)
}

// isKeyed: the request's parameters have a key, which the library makes where it is left out (CM-1).
func isKeyed(method string) bool {
	return method == "command.send" || method == "command.preview" || method == "chat.send"
}

// requestQueue has requests that are sent one after another; their order survives refusals for the rate and lost connections.
type requestQueue struct {
	c *Client
	// untiring repeats a request until the server answers it.
	untiring bool
	kept     func(*waitingRequest)
	gone     func(*waitingRequest)
	requests []*waitingRequest
	on       *connection
	sending  *waitingRequest
	pause    *timer
}

func (q *requestQueue) add(request *waitingRequest) {
	at, _ := slices.BinarySearchFunc(q.requests, request, func(a, b *waitingRequest) int {
		return strings.Compare(a.id, b.id)
	})
	q.requests = slices.Insert(q.requests, at, request)
	q.kept(request)
	q.next()
}

func (q *requestQueue) start(on *connection) {
	q.on = on
	q.next()
}

func (q *requestQueue) connectionEnded() {
	q.on, q.sending = nil, nil
	q.pause.stop()
	q.pause = nil
}

// abandon fails every request. A store keeps them.
func (q *requestQueue) abandon(err *Error) {
	q.connectionEnded()
	requests := q.requests
	q.requests = nil
	for _, request := range requests {
		request.settle(nil, err)
	}
}

// forget drops a request that was not sent yet, because its caller waits no longer.
func (q *requestQueue) forget(request *waitingRequest) {
	if !request.sentAt.IsZero() {
		return
	}
	if at := slices.Index(q.requests, request); at >= 0 {
		q.requests = slices.Delete(q.requests, at, at+1)
		q.gone(request)
	}
}

func (q *requestQueue) next() {
	if q.on == nil || !q.on.usable() || len(q.requests) == 0 || q.sending != nil || q.pause != nil {
		return
	}
	request, on := q.requests[0], q.on
	// The server remembers a key for a day; after that a repeat could become a second command.
	if isKeyed(request.method) && !request.sentAt.IsZero() && time.Since(request.sentAt) >= limitKeyKeptMs*millisecond {
		q.done(request, nil, newError(KindExpired, "This waited too long to be sent again safely."))
		return
	}
	q.sending = request
	if request.sentAt.IsZero() {
		request.sentAt = time.Now()
		q.kept(request)
	}
	on.call(request.method, request.params, request.timeout, func(result json.RawMessage, err *Error) {
		if err == nil {
			q.done(request, result, nil)
		} else {
			q.refused(request, err, on)
		}
	})
}

func (q *requestQueue) done(request *waitingRequest, result json.RawMessage, err *Error) {
	at := slices.Index(q.requests, request)
	if at < 0 {
		return
	}
	q.requests = slices.Delete(q.requests, at, at+1)
	if q.sending == request {
		q.sending = nil
	}
	request.settle(result, err)
	q.gone(request)
	q.next()
}

func (q *requestQueue) refused(request *waitingRequest, err *Error, on *connection) {
	if !q.passes(err) {
		q.done(request, nil, err)
		return
	}
	request.tries++
	if request.tries > limitClientRetries && !q.untiring {
		q.done(request, nil, err)
		return
	}
	if err.Kind == KindBroken || q.on != on || q.sending != request {
		return
	}
	q.sending = nil
	wait := err.RetryAfter
	if wait == 0 {
		wait = time.Second
	}
	q.pause = q.c.after(min(wait, limitReconnectMaxMs*millisecond), func() {
		q.pause = nil
		q.next()
	})
}

// passes: the same request can succeed later.
func (q *requestQueue) passes(err *Error) bool {
	switch err.Kind {
	case KindBroken, KindRateLimited, KindTimedOut:
		return true
	case KindUnavailable, KindInternal, KindQueueFull:
		return q.untiring
	default:
		return false
	}
}
