package behest

import (
	"context"
	"encoding/json"
	"errors"
)

// SeenStore remembers the commands that this device has shown its person, with their states (DL-3). One that survives a
// restart shows each command once across restarts too. A call that fails counts as a failed handler.
type SeenStore interface {
	// Get gives the last known state; "" for a command that was never shown.
	Get(ctx context.Context, id string) (string, error)
	Set(ctx context.Context, id, state string) error
}

type inboxEntry struct {
	cursor string
	// One of the two.
	delivery *Delivery
	message  *ChatMessageParams
	// withdrawn: closed before the person saw it, so acknowledged and not shown.
	withdrawn bool
}

func (e *inboxEntry) id() string {
	if e.delivery != nil {
		return e.delivery.Command.ID
	}
	return e.message.Message.ID
}

// inbox hands deliveries over one by one, in order and each command once, and acknowledges them.
type inbox struct {
	c     *Client
	seen  SeenStore
	queue []*inboxEntry
	// connection counts connections: a delivery of one must not be acknowledged on the next.
	connection int
	working    bool
	current    *inboxEntry
	// held: the handler failed too often, so this connection hands over nothing more.
	held      bool
	failingID string
	failed    int
	taken     string
	acking    bool
}

// take gives false when the frame breaks the protocol.
func (in *inbox) take(params json.RawMessage) bool {
	var told CommandDeliverParams
	if json.Unmarshal(params, &told) != nil || told.Deliveries == nil || len(told.Deliveries) > limitDeliverBatch {
		return false
	}
	entries := make([]*inboxEntry, len(told.Deliveries))
	for at := range told.Deliveries {
		delivery := &told.Deliveries[at]
		if delivery.Cursor == "" || delivery.State == "" || delivery.Command.ID == "" {
			return false
		}
		entries[at] = &inboxEntry{cursor: delivery.Cursor, delivery: delivery}
	}
	return in.add(entries...)
}

func (in *inbox) takeMessage(params json.RawMessage) bool {
	var told ChatMessageParams
	if json.Unmarshal(params, &told) != nil || told.Cursor == "" || told.Message.ID == "" {
		return false
	}
	return in.add(&inboxEntry{cursor: told.Cursor, message: &told})
}

func (in *inbox) add(entries ...*inboxEntry) bool {
	if len(in.queue)+len(entries) > limitWindowMax {
		return false
	}
	in.queue = append(in.queue, entries...)
	in.wake()
	return true
}

// change tells of a change; a command that still waits here is handed over in its new state.
func (in *inbox) change(params json.RawMessage) bool {
	var change CommandChangedParams
	if json.Unmarshal(params, &change) != nil || change.ID == "" {
		return false
	}
	// A change with a recipient or totals belongs to a command that this person sent.
	if change.State != nil && change.Recipient == nil && change.Totals == nil {
		state := *change.State
		for _, entry := range in.queue {
			if entry == in.current || entry.delivery == nil || entry.id() != change.ID {
				continue
			}
			entry.delivery.State = state
			if change.Command != nil {
				entry.delivery.Command = *change.Command
			}
			entry.withdrawn = closedStates[string(state)]
		}
		in.c.stores.add(func() { in.remember(change.ID, string(state)) })
	}
	in.c.emit(func(h *Handlers) {
		if h.Changed != nil {
			h.Changed(change)
		}
	})
	return true
}

func (in *inbox) connectionEnded() {
	in.connection++
	in.queue = nil
	in.held = false
	in.taken = ""
	in.acking = false
}

// wake is called when something may have become ripe.
func (in *inbox) wake() {
	if !in.working && in.ripe() != nil {
		in.working = true
		go in.work()
	}
}

func (in *inbox) ripe() *inboxEntry {
	if len(in.queue) == 0 || in.held || in.c.closed {
		return nil
	}
	if entry := in.queue[0]; entry.withdrawn || in.c.showsNow() {
		return entry
	}
	return nil
}

func (in *inbox) work() {
	in.c.mu.Lock()
	defer in.c.mu.Unlock()
	for entry := in.ripe(); entry != nil; entry = in.ripe() {
		connection := in.connection
		in.current = entry
		ctx := in.c.handling
		// A copy: a change may come while the handler works.
		var delivery Delivery
		if entry.delivery != nil {
			delivery = *entry.delivery
		}
		in.c.mu.Unlock()
		err := in.handle(ctx, entry, delivery)
		in.c.mu.Lock()
		in.current = nil
		switch {
		case connection != in.connection:
			// The connection ended: the entry is delivered again, as a repeat if it was handled.
		case err == nil:
			in.took(entry)
		case errors.Is(err, context.Canceled) && ctx.Err() != nil:
			// Stopped while the handler worked: the same again when the person resumes.
		default:
			in.fail(entry, delivery, err)
		}
	}
	in.working = false
}

func (in *inbox) handle(ctx context.Context, entry *inboxEntry, delivery Delivery) error {
	// Not remembered as seen: if the server reopens the command, it is new to the person.
	if entry.withdrawn {
		return nil
	}
	// The store goes on when the handler has to end.
	always := context.WithoutCancel(ctx)
	known, err := in.seen.Get(always, entry.id())
	if err != nil {
		return err
	}
	if entry.message != nil {
		now := seenAs(entry.message.Message)
		if known == now {
			return nil
		}
		if handler := in.c.handlers.Message; handler != nil {
			if err := handler(ctx, *entry.message); err != nil {
				return err
			}
		}
		return in.seen.Set(always, entry.id(), now)
	}
	state := string(delivery.State)
	if known == "" {
		if err := in.c.handlers.Deliver(ctx, delivery); err != nil {
			return err
		}
	}
	if known == state {
		return nil
	}
	if err := in.seen.Set(always, entry.id(), state); err != nil {
		return err
	}
	if known != "" {
		change := CommandChangedParams{ID: entry.id(), State: &delivery.State, Command: &delivery.Command}
		in.c.mu.Lock()
		defer in.c.mu.Unlock()
		in.c.emit(func(h *Handlers) {
			if h.Changed != nil {
				h.Changed(change)
			}
		})
	}
	return nil
}

func (in *inbox) took(entry *inboxEntry) {
	in.queue = in.queue[1:]
	if in.failingID == entry.id() {
		in.failingID, in.failed = "", 0
	}
	in.taken = entry.cursor
	in.acknowledge()
}

func (in *inbox) fail(entry *inboxEntry, delivery Delivery, err error) {
	if in.failingID != entry.id() {
		in.failingID, in.failed = entry.id(), 0
	}
	in.failed++
	in.c.log.Error("behest: a handler failed", "id", entry.id(), "times", in.failed, "error", err)
	if entry.delivery != nil {
		in.c.emit(func(h *Handlers) {
			if h.Failed != nil {
				h.Failed(delivery, err)
			}
		})
	}
	// After the last retry the connection stays: the person can still send and stop.
	in.held = true
	if in.failed < limitClientHandlerTries {
		in.c.drop("a delivery was not taken")
	}
}

// acknowledge sends one at a time. They are cumulative, so the newest replaces those that wait.
func (in *inbox) acknowledge() {
	usable := in.c.usable()
	// A closing connection takes none; the server delivers again and the repeat is dropped.
	if in.acking || in.taken == "" || usable == nil {
		return
	}
	connection := in.connection
	in.acking = true
	params := InboxAckParams{Cursor: in.taken}
	in.taken = ""
	usable.call("inbox.ack", params, limitClientRequestMs*millisecond, func(_ json.RawMessage, err *Error) {
		if connection != in.connection {
			return
		}
		if err != nil {
			// The window would fill: a new connection starts from what the server knows.
			in.c.drop("an acknowledgement was not taken")
			return
		}
		in.acking = false
		in.acknowledge()
	})
}

func (in *inbox) remember(id, state string) {
	ctx := context.Background()
	known, err := in.seen.Get(ctx, id)
	if err == nil && known != "" && known != state {
		err = in.seen.Set(ctx, id, state)
	}
	if err != nil {
		in.c.log.Warn("behest: the store of seen commands failed", "error", err)
	}
}

// seenAs is how a message was shown, in the terms of the store of seen commands.
func seenAs(message ChatMessage) string {
	switch {
	case message.RetractedAt != nil:
		return "cancelled"
	case message.State != nil && *message.State == "checking":
		return "scheduled"
	case message.State != nil:
		return "failed"
	case message.Sealed != nil && *message.Sealed:
		return "queued"
	default:
		return "delivered"
	}
}
