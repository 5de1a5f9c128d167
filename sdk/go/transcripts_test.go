package behest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type transcript struct {
	Name   string `json:"name"`
	Client struct {
		Device   string   `json:"device"`
		Window   int      `json:"window"`
		Accept   []string `json:"accept"`
		Fraction float64  `json:"fraction"`
	} `json:"client"`
	Steps []map[string]json.RawMessage `json:"steps"`
}

// object is a piece of JSON.
type object = map[string]any

type player struct {
	t      *testing.T
	client *Client

	mu      sync.Mutex
	effects []object
	sockets []*fakeSocket
	ids     map[string]json.RawMessage
	fails   bool
	refused int
}

type fakeSocket struct {
	p      *player
	events SocketEvents
	over   bool
}

func (s *fakeSocket) Send(text []byte) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.over {
		return
	}
	var frame map[string]json.RawMessage
	if err := json.Unmarshal(text, &frame); err != nil {
		s.p.t.Error(err)
	}
	out := plain(s.p.t, text)
	if frame["method"] != nil {
		name := "$" + itoa(len(s.p.ids)+1)
		s.p.ids[name] = frame["id"]
		out["id"] = name
	}
	s.p.effects = append(s.p.effects, object{"out": out})
}

func (s *fakeSocket) Close(code int, _ string) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if !s.over {
		s.over = true
		s.p.effects = append(s.p.effects, object{"closed": float64(code)})
	}
}

func (p *player) dial(address Address, events SocketEvents) Socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	socket := &fakeSocket{p: p, events: events}
	if status := p.refused; status != 0 {
		p.refused = 0
		socket.over = true
		go events.Refused(status)
		return socket
	}
	query := object{}
	for name := range address.Query {
		query[name] = address.Query.Get(name)
	}
	p.effects = append(p.effects, object{"open": query})
	p.sockets = append(p.sockets, socket)
	return socket
}

func (p *player) event(event object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.effects = append(p.effects, object{"event": event})
}

func newPlayer(t *testing.T, script transcript) *player {
	p := &player{t: t, ids: map[string]json.RawMessage{}}
	p.client = New(Options{
		Server: "https://behest.example", Device: script.Client.Device, Window: script.Client.Window,
		Accept: script.Client.Accept, Rand: func() float64 { return script.Client.Fraction }, Dial: p.dial,
		Handlers: Handlers{
			Deliver: func(_ context.Context, delivery Delivery) error {
				p.mu.Lock()
				fails := p.fails
				p.mu.Unlock()
				if fails {
					return errors.New("the handler fails, as the transcript says")
				}
				p.event(object{"deliver": delivery.Command.ID})
				return nil
			},
			Message: func(_ context.Context, message ChatMessageParams) error {
				p.event(object{"message": message.Message.ID})
				return nil
			},
			Changed: func(change CommandChangedParams) {
				event := object{"changed": change.ID}
				if change.State != nil {
					event["to"] = string(*change.State)
				}
				p.event(event)
			},
			Notification: func(method string, _ json.RawMessage) { p.event(object{"notification": method}) },
			Stopped:      func(stopped, pending bool) { p.event(object{"stopped": stopped, "pending": pending}) },
			Failed:       func(delivery Delivery, _ error) { p.event(object{"failed": delivery.Command.ID}) },
			State: func(state State) {
				event := object{"state": string(state.Kind)}
				switch state.Kind {
				case StateConnecting:
					return
				case StateOffline:
					event["inMs"] = float64(state.RetryIn.Milliseconds())
				case StateStopped:
					event["code"] = float64(state.Code)
				}
				p.event(event)
			},
		},
	})
	return p
}

func (p *player) act(action map[string]json.RawMessage) []object {
	for name, value := range action {
		switch name {
		case "connect":
			p.client.Connect()
		case "request":
			p.request(value)
		case "handler":
			p.mu.Lock()
			p.fails = string(value) == `"fails"`
			p.mu.Unlock()
		case "close":
			if err := p.client.Close(); err != nil {
				p.t.Error(err)
			}
		case "clock":
			var ms int
			p.read(value, &ms)
			time.Sleep(time.Duration(ms) * time.Millisecond)
		case "in":
			p.receive(value)
		case "end":
			var end struct {
				Code   int
				Reason string
			}
			p.read(value, &end)
			socket := p.sockets[len(p.sockets)-1]
			socket.over = true
			socket.events.Closed(end.Code, end.Reason)
		case "refused":
			p.read(value, &p.refused)
		case "broken":
		default:
			p.t.Fatalf("an unknown action: %s", name)
		}
	}
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	done := p.effects
	p.effects = nil
	return inOrder(done)
}

func (p *player) receive(value json.RawMessage) {
	var frame map[string]json.RawMessage
	p.read(value, &frame)
	if raw := frame["raw"]; raw != nil {
		var text string
		p.read(raw, &text)
		p.sockets[len(p.sockets)-1].events.Message([]byte(text))
		return
	}
	var name string
	if json.Unmarshal(frame["id"], &name) == nil && p.ids[name] != nil {
		frame["id"] = p.ids[name]
	}
	text, err := json.Marshal(frame)
	if err != nil {
		p.t.Fatal(err)
	}
	p.sockets[len(p.sockets)-1].events.Message(text)
}

func (p *player) request(value json.RawMessage) {
	var asked struct {
		Name   string
		Method string
		Params json.RawMessage
	}
	p.read(value, &asked)
	go func() {
		err := p.client.Call(context.Background(), asked.Method, asked.Params, nil)
		var refusal *Error
		if errors.As(err, &refusal) {
			p.event(object{"failed": asked.Name, "kind": refusal.Kind})
		} else {
			p.event(object{"answered": asked.Name})
		}
	}()
}

func (p *player) read(value json.RawMessage, into any) {
	if err := json.Unmarshal(value, into); err != nil {
		p.t.Fatalf("%s: %v", value, err)
	}
}

func plain(t *testing.T, text []byte) object {
	var value object
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func itoa(number int) string {
	text, _ := json.Marshal(number)
	return string(text)
}

func inOrder(effects []object) []object {
	place := func(effect object) (int, string) {
		for at, name := range []string{"open", "out", "closed"} {
			if _, ok := effect[name]; ok {
				return at, ""
			}
		}
		event := effect["event"].(object)
		if _, ok := event["deliver"]; ok {
			return 3, ""
		}
		text, _ := json.Marshal(event)
		return 4, string(text)
	}
	slices.SortStableFunc(effects, func(a, b object) int {
		one, first := place(a)
		other, second := place(b)
		if one != other {
			return one - other
		}
		return strings.Compare(first, second)
	})
	return effects
}

func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("../conformance/*.json")
	if err != nil || len(paths) < 31 {
		t.Fatalf("only %d transcripts were found", len(paths))
	}
	for _, path := range paths {
		if filepath.Base(path) == "methods.json" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var script transcript
		if err := json.Unmarshal(text, &script); err != nil {
			t.Fatal(err)
		}
		t.Run(script.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { play(t, script) })
		})
	}
}

func isEffect(step map[string]json.RawMessage) bool {
	for _, name := range []string{"open", "out", "closed", "event"} {
		if _, ok := step[name]; ok {
			return true
		}
	}
	return false
}

func play(t *testing.T, script transcript) {
	p := newPlayer(t, script)
	defer p.client.Close()
	for at := 0; at < len(script.Steps); {
		action := script.Steps[at]
		expected := []object{}
		for at++; at < len(script.Steps) && isEffect(script.Steps[at]); at++ {
			step, _ := json.Marshal(script.Steps[at])
			expected = append(expected, plain(t, step))
		}
		done := p.act(action)
		if len(done) == 0 && len(expected) == 0 {
			continue
		}
		if expected = inOrder(expected); !reflect.DeepEqual(done, expected) {
			text, _ := json.Marshal(action)
			t.Fatalf("after %.300s\nexpected %v\nthe client did %v", text, expected, done)
		}
	}
}
