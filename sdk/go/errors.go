package behest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Kinds of an Error: those of the server, and four of the library.
const (
	KindNotFound      = "not_found"
	KindForbidden     = "forbidden"
	KindConflict      = "conflict"
	KindRateLimited   = "rate_limited"
	KindQueueFull     = "queue_full"
	KindNotClean      = "not_clean"
	KindExpired       = "expired"
	KindStopped       = "stopped"
	KindTooLarge      = "too_large"
	KindUnavailable   = "unavailable"
	KindUnauthorized  = "unauthorized"
	KindInvalidParams = "invalid_params"
	KindInternal      = "internal"
	// KindOffline: the request was not sent.
	KindOffline = "offline"
	// KindBroken and KindTimedOut: it is unknown whether the server did it.
	KindBroken   = "broken"
	KindTimedOut = "timed_out"
	// KindClosed: the client has ended.
	KindClosed = "closed"
)

// Error is why a request failed. Decide by its Kind; the message is safe to show.
type Error struct {
	Kind    string
	Message string
	// Code is the one of JSON-RPC; 0 without an answer of the server.
	Code int
	// RetryAfter is how long to wait, with KindRateLimited.
	RetryAfter time.Duration
	// Fields has reasons by field, with KindInvalidParams.
	Fields map[string]string
}

func (e *Error) Error() string { return fmt.Sprintf("behest: %s: %s", e.Kind, e.Message) }

// Is says whether target is an Error of the same kind, for errors.Is.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Kind == e.Kind && other.Message == ""
}

func newError(kind, message string) *Error { return &Error{Kind: kind, Message: message} }

type errorData struct {
	Kind         string            `json:"kind"`
	RetryAfterMs float64           `json:"retryAfterMs"`
	Fields       map[string]string `json:"fields"`
}

type rpcError struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Data    errorData `json:"data"`
}

func (e *rpcError) toError() *Error {
	kind := e.Data.Kind
	if kind == "" {
		kind = KindInternal
		if e.Code == -32602 {
			kind = KindInvalidParams
		}
	}
	wait := time.Duration(max(e.Data.RetryAfterMs, 0) * float64(time.Millisecond))
	return &Error{Kind: kind, Message: e.Message, Code: e.Code, RetryAfter: wait, Fields: e.Data.Fields}
}

// problemError is the error of an HTTP answer: RFC 9457, or whatever a proxy says.
func problemError(status int, body []byte) *Error {
	var problem struct {
		errorData
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &problem) == nil && problem.Kind != "" {
		return (&rpcError{Message: problem.Detail, Data: problem.errorData}).toError()
	}
	kind := KindInternal
	switch {
	case status == http.StatusUnauthorized:
		kind = KindUnauthorized
	case status == http.StatusForbidden:
		kind = KindForbidden
	case status == http.StatusNotFound:
		kind = KindNotFound
	case status == http.StatusRequestEntityTooLarge:
		kind = KindTooLarge
	case status == http.StatusTooManyRequests:
		kind = KindRateLimited
	case status >= 500:
		kind = KindUnavailable
	}
	return newError(kind, fmt.Sprintf("The server answered %d.", status))
}
