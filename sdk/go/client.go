// Package behest is the client library of Behest: one device of one person. It keeps a connection open, hands over each
// command once and in order, acknowledges it, and sends the person's requests, now or after the next reconnect.
package behest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Handlers are what a program does with what the server tells. Each can be nil. Only Deliver and Message may take their time;
// the others are called one after another.
type Handlers struct {
	// Deliver gets a command, each once. It is acknowledged when this returns nil; after an error the server delivers it again.
	// Without a handler deliveries wait. The context ends when the person stops or the client closes: end at once what the
	// command began, and return the context's error.
	Deliver func(ctx context.Context, delivery Delivery) error
	// Message gets a chat message in its order among the commands, and again when it was withdrawn or checked.
	Message func(ctx context.Context, message ChatMessageParams) error
	Changed func(change CommandChangedParams)
	// Notification gets what the library does not handle itself; a newer server may send methods that it does not know.
	Notification func(method string, params json.RawMessage)
	// Stopped is told of each change of the safety stop (CO-6). Pending: the person stopped, and the server has not answered yet.
	Stopped func(stopped, pending bool)
	State   func(state State)
	Ready   func(ready SessionReadyParams)
	// Failed: Deliver returned an error.
	Failed func(delivery Delivery, err error)
	// Unsent: the server refused a request of an earlier run.
	Unsent func(request StoredRequest, err error)
	// Transport is told "stream" where WebSockets are blocked (WS-12), and "websocket" when they are no longer.
	Transport func(transport string)
}

// Options of a Client. Server is the only one that is needed.
type Options struct {
	// Server is its address with its base path, if it has one: "https://host".
	Server string
	// Token is an access token or that of a login; a Session in its place renews itself.
	Token   string
	Session *Session
	// Device is a name that this device keeps: what it acknowledged belongs to it.
	Device string
	Window int
	// Accept are the kinds that this device shows; all when empty.
	Accept   []string
	Handlers Handlers
	// Seen and Outbox keep what was shown and what was not sent over a restart; both are in memory otherwise.
	Seen   SeenStore
	Outbox OutboxStore
	// UserID is the person's, if known before the first connection: then requests of an earlier run are read at once.
	UserID     string
	HTTPClient *http.Client
	Logger     *slog.Logger
	// Rand gives numbers from 0 to 1 for the waits between attempts.
	Rand func() float64
	// Dial opens connections in the place of WebSockets and streams.
	Dial Dialer
}

// StateKind is what a Client does.
type StateKind string

// States of a Client. StateLogin: log in, then Connect. StateStopped: nothing happens until Connect.
const (
	StateIdle       StateKind = "idle"
	StateConnecting StateKind = "connecting"
	StateOnline     StateKind = "online"
	StateOffline    StateKind = "offline"
	StateLogin      StateKind = "login"
	StateStopped    StateKind = "stopped"
)

// State of a Client's connection.
type State struct {
	Kind   StateKind
	Reason string
	// RetryIn is the wait until the next attempt, while offline.
	RetryIn time.Duration
	// Code is what ended the connection, while stopped.
	Code int
}

// Final says whether only the program can go on from here.
func (s State) Final() bool { return s.Kind == StateLogin || s.Kind == StateStopped }

// Client is one device of one person. Its methods can be called from any goroutine and from handlers.
type Client struct {
	Files *Files
	// Pushes has devices told of what is new.
	Pushes *Pushes

	options  Options
	handlers Handlers
	log      *slog.Logger
	dial     Dialer
	events   serial
	stores   serial

	mu        sync.Mutex
	state     State
	attempt   int
	current   *connection
	greeting  *SessionReadyParams
	retry     *timer
	opening   context.CancelFunc
	renewed   bool
	waiting   []chan onlineAnswer
	inbox     *inbox
	outgoing  *outgoing
	userID    string
	stopped   bool
	told      [2]bool
	transport string
	closed    bool
	// handling is the context of the handlers that work now.
	handling       context.Context
	cancelHandling context.CancelFunc
}

// New makes a Client, which does nothing before Connect.
func New(options Options) *Client {
	c := &Client{options: options, handlers: options.Handlers, log: options.Logger, userID: options.UserID}
	c.state = State{Kind: StateIdle}
	c.transport = "websocket"
	c.events.c, c.stores.c = c, c
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.options.Rand == nil {
		c.options.Rand = rand.Float64
	}
	if c.options.HTTPClient == nil {
		c.options.HTTPClient = http.DefaultClient
	}
	seen := options.Seen
	if seen == nil {
		seen = NewMemorySeen(limitClientSeenIds)
	}
	c.Files = newFiles(options.Server, c.options.HTTPClient, c.token)
	c.Pushes = &Pushes{rest: c.Files}
	c.inbox = &inbox{c: c, seen: seen}
	c.outgoing = newOutgoing(c, options.Outbox)
	c.handling, c.cancelHandling = context.WithCancel(context.Background())
	c.dial = options.Dial
	if c.dial == nil {
		fallback := &fallback{webSocket: dialWebSocket(c.options.HTTPClient), client: c.options.HTTPClient, changed: c.transportChanged}
		c.dial = fallback.dial
	}
	return c
}

// Connect starts, or starts again after StateLogin and StateStopped.
func (c *Client) Connect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outgoing.load()
	c.connect()
}

// Wake tries now if a retry is waiting.
func (c *Client) Wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wake()
}

// Online waits for session.ready. It fails when the person has to log in or the client has ended.
func (c *Client) Online(ctx context.Context) (*SessionReadyParams, error) {
	c.mu.Lock()
	if c.greeting != nil {
		defer c.mu.Unlock()
		return c.greeting, nil
	}
	if c.closed {
		defer c.mu.Unlock()
		return nil, newError(KindClosed, "The client is closed.")
	}
	ready := make(chan onlineAnswer, 1)
	c.waiting = append(c.waiting, ready)
	c.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case answer := <-ready:
		if answer.err != nil {
			return nil, answer.err
		}
		return answer.greeting, nil
	}
}

// onlineAnswer is one of the two.
type onlineAnswer struct {
	greeting *SessionReadyParams
	err      *Error
}

// State of the connection.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Stopped says whether the safety stop is on (CO-6), and whether one waits for its answer.
func (c *Client) Stopped() (stopped, pending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopped, c.outgoing.stopPending()
}

// Waiting is the number of requests that wait for a connection.
func (c *Client) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outgoing.waiting()
}

// Transport is "websocket", or "stream" where WebSockets are blocked (WS-12).
func (c *Client) Transport() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.transport
}

// Call sends a request and writes its result to the pointer result. Its error is an *Error, or that of the context: then it is
// unknown whether the server did it, unless it was not sent yet. Without a connection, requests that are safe to repeat wait for
// the next one; a stop is sent first and makes the client try now. There is a method for each request: CommandSend and others.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	type answer struct {
		result json.RawMessage
		err    *Error
	}
	answered := make(chan answer, 1)
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return newError(KindClosed, "The client is closed.")
	}
	forget := c.outgoing.request(method, params, limitClientRequestMs*millisecond, func(result json.RawMessage, err *Error) {
		answered <- answer{result, err}
	})
	if method == "safety.stop" {
		c.cancelHandlers()
		if c.state.Kind == StateIdle || c.state.Kind == StateStopped {
			c.connect()
		} else {
			c.wake()
		}
	}
	c.mu.Unlock()
	select {
	case <-ctx.Done():
		c.mu.Lock()
		forget()
		c.mu.Unlock()
		return ctx.Err()
	case got := <-answered:
		if got.err != nil {
			return got.err
		}
		if result == nil {
			return nil
		}
		if err := json.Unmarshal(got.result, result); err != nil {
			return newError(KindInternal, "The server's answer is not what this version knows: "+err.Error())
		}
		return nil
	}
}

// Close ends the client. Waiting requests fail with KindClosed; the outbox keeps them. It returns when the store has been written.
func (c *Client) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.cancelHandling()
	err := newError(KindClosed, "The client was closed.")
	c.halt(codeClosed, "closed")
	for _, queue := range []*requestQueue{c.outgoing.stops, c.outgoing.writes, c.outgoing.reads} {
		queue.abandon(err)
	}
	written := c.stores.done()
	c.mu.Unlock()
	<-written
	return nil
}

func (c *Client) token(ctx context.Context) (string, error) {
	if c.options.Session == nil {
		return c.options.Token, nil
	}
	return c.options.Session.Token(ctx)
}

func (c *Client) address(token string) Address {
	query := url.Values{}
	if c.options.Device != "" {
		query.Set("device", c.options.Device)
	}
	if c.options.Window > 0 {
		query.Set("window", strconv.Itoa(c.options.Window))
	}
	if len(c.options.Accept) > 0 {
		query.Set("accept", strings.Join(c.options.Accept, ","))
	}
	return Address{Server: c.options.Server, Query: query, Token: token}
}

// isOver says whether a session's token says that the person has to log in.
func isOver(err error) bool { return errors.Is(err, &Error{Kind: KindUnauthorized}) }
