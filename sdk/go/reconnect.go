package behest

import (
	"context"
	"encoding/json"
)

// The attempt with the longest wait: a client that was told to back off continues there.
const longestWaitAttempt = 6

// What is in this file is called with the client's lock held.

func (c *Client) connect() {
	if c.closed || (c.state.Kind != StateIdle && !c.state.Final()) {
		return
	}
	c.attempt = 0
	c.open()
}

func (c *Client) wake() {
	if c.state.Kind == StateOffline {
		c.open()
	}
}

// usable is the connection, if it takes requests now.
func (c *Client) usable() *connection {
	if c.current != nil && c.current.usable() {
		return c.current
	}
	return nil
}

func (c *Client) drop(reason string) {
	if c.current != nil {
		c.current.drop(codeDropped, reason, thenReconnect)
	}
}

func (c *Client) open() {
	c.cancelOpening()
	c.set(State{Kind: StateConnecting})
	if c.options.Session == nil {
		c.dialWith(c.options.Token)
		return
	}
	c.beside(func(ctx context.Context) func() {
		token, err := c.options.Session.Token(ctx)
		return func() {
			switch {
			case err == nil:
				c.dialWith(token)
			case isOver(err):
				c.set(State{Kind: StateLogin, Reason: "the session is over"})
			default:
				c.again("no token")
			}
		}
	})
}

// beside does work without the lock, and then what it gives with it, unless something else began meanwhile.
func (c *Client) beside(work func(ctx context.Context) func()) {
	ctx, cancel := context.WithTimeout(context.Background(), limitClientConnectMs*millisecond)
	c.opening = cancel
	go func() {
		then := work(ctx)
		c.mu.Lock()
		defer c.mu.Unlock()
		if ctx.Err() == context.Canceled {
			return
		}
		cancel()
		then()
	}()
}

func (c *Client) dialWith(token string) {
	n := newConnection(c)
	c.current = n
	n.socket = c.dial(c.address(token), n)
}

func (c *Client) becameReady(n *connection, greeting *SessionReadyParams) {
	c.greeting = greeting
	c.renewed = false
	c.set(State{Kind: StateOnline})
	if c.userID != "" && c.userID != greeting.User.ID {
		// The waiting requests and the seen commands here belong to the other person.
		c.halt(codeOtherPerson, "another person logged in")
		return
	}
	c.userID = greeting.User.ID
	c.stopped = greeting.Stopped
	c.outgoing.start(n)
	c.tellStop()
	c.emit(func(h *Handlers) {
		if h.Ready != nil {
			h.Ready(*greeting)
		}
	})
	c.settle(onlineAnswer{greeting: greeting})
}

func (c *Client) notified(method string, params json.RawMessage) bool {
	switch method {
	case "command.deliver":
		return c.inbox.take(params)
	case "chat.message":
		return c.inbox.takeMessage(params)
	case "command.changed":
		return c.inbox.change(params)
	case "safety.changed":
		var told SafetyChangedParams
		if json.Unmarshal(params, &told) != nil {
			return false
		}
		c.setStopped(told.Stopped)
	}
	c.emit(func(h *Handlers) {
		if h.Notification != nil {
			h.Notification(method, params)
		}
	})
	return true
}

func (c *Client) connectionEnded(n *connection, code int, reason string, then closeStep) {
	if c.current != n {
		return
	}
	c.gone()
	c.log.Info("behest: connection ended", "code", code, "reason", reason)
	switch then {
	case thenStop:
		c.set(State{Kind: StateStopped, Code: code, Reason: reason})
	case thenLogin:
		c.logIn(reason)
	case thenBackOff:
		c.attempt = max(c.attempt, longestWaitAttempt)
		c.again(reason)
	default:
		c.again(reason)
	}
}

func (c *Client) turnedAway(n *connection, status int) {
	if c.current != n {
		return
	}
	c.gone()
	switch status {
	case 401:
		c.logIn("the session is over")
	case 403:
		c.set(State{Kind: StateStopped, Code: codeSuspended, Reason: "the account has no connection"})
	default:
		c.again("the server refused the connection")
	}
}

func (c *Client) gone() {
	c.current, c.greeting = nil, nil
	c.inbox.connectionEnded()
	c.outgoing.connectionEnded()
}

// logIn: a session that can be renewed goes on; one that was just renewed and is refused again does not.
func (c *Client) logIn(reason string) {
	if c.options.Session == nil || c.renewed {
		c.set(State{Kind: StateLogin, Reason: reason})
		return
	}
	c.renewed = true
	c.set(State{Kind: StateConnecting})
	c.beside(func(ctx context.Context) func() {
		goesOn, err := c.options.Session.Renew(ctx)
		return func() {
			switch {
			case err != nil:
				c.renewed = false
				c.again("not renewed")
			case goesOn:
				c.again(reason)
			default:
				c.set(State{Kind: StateLogin, Reason: reason})
			}
		}
	})
}

func (c *Client) again(reason string) {
	wait := backOff(c.options.Rand(), c.attempt)
	c.attempt++
	c.retry = c.after(wait, c.open)
	c.set(State{Kind: StateOffline, Reason: reason, RetryIn: wait})
}

// halt ends the connection; the state stays StateStopped until Connect.
func (c *Client) halt(code int, reason string) {
	c.cancelOpening()
	if n := c.current; n != nil {
		c.gone()
		n.finish()
	}
	c.set(State{Kind: StateStopped, Code: code, Reason: reason})
}

func (c *Client) cancelOpening() {
	c.retry.stop()
	c.retry = nil
	if c.opening != nil {
		c.opening()
		c.opening = nil
	}
}

func (c *Client) set(state State) {
	c.state = state
	if state.Final() {
		err := newError(KindOffline, "There is no connection: "+state.Reason+".")
		c.settle(onlineAnswer{err: err})
		c.outgoing.reads.abandon(err)
		c.outboxChanged()
	}
	c.emit(func(h *Handlers) {
		if h.State != nil {
			h.State(state)
		}
	})
}

func (c *Client) settle(answer onlineAnswer) {
	waiting := c.waiting
	c.waiting = nil
	for _, one := range waiting {
		one <- answer
	}
}

// showsNow: something can be shown, as there is a handler and no stop is on or pending.
func (c *Client) showsNow() bool {
	return c.handlers.Deliver != nil && !c.stopped && c.outgoing.clear()
}

func (c *Client) outboxChanged() {
	c.tellStop()
	c.inbox.wake()
}

func (c *Client) setStopped(stopped bool) {
	c.stopped = stopped
	if stopped {
		c.cancelHandlers()
	}
	c.tellStop()
	c.inbox.wake()
}

// cancelHandlers ends what the handlers of commands do now.
func (c *Client) cancelHandlers() {
	c.cancelHandling()
	if !c.closed {
		c.handling, c.cancelHandling = context.WithCancel(context.Background())
	}
}

func (c *Client) tellStop() {
	now := [2]bool{c.stopped, c.outgoing.stopPending()}
	if now == c.told {
		return
	}
	c.told = now
	c.emit(func(h *Handlers) {
		if h.Stopped != nil {
			h.Stopped(now[0], now[1])
		}
	})
}

// emit tells a handler, after those of earlier events and without the lock.
func (c *Client) emit(tell func(h *Handlers)) {
	c.events.add(func() { tell(&c.handlers) })
}

func (c *Client) transportChanged(transport string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transport = transport
	c.emit(func(h *Handlers) {
		if h.Transport != nil {
			h.Transport(transport)
		}
	})
}
