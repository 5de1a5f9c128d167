// Lean is the load generator of the bench: one program that drives Behest, a bare server, mosquitto and NATS in the same
// way, so that what a client costs is the same for all of them. It reads one JSON object a line and answers with one.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// Command is a line of the bench. Every scenario uses the fields that it needs.
type Command struct {
	Do string `json:"do"`
	// Behest, raw, mqtt, nats or tus.
	Kind string `json:"kind"`
	Addr string `json:"addr"`
	// Name of the set of connections that the command makes or uses.
	Set string `json:"set"`
	// The sender's set, in a scenario with two.
	From string `json:"from"`
	// One for each connection: a token (Behest) or a client's name.
	Names []string `json:"names"`
	// What each connection subscribes to, or what is sent to: a topic, a subject, a username.
	Topics []string `json:"topics"`
	// Of the measured process, for its CPU time; 0 where that does not matter.
	Pid      int    `json:"pid"`
	AtOnce   int    `json:"atOnce"`
	Window   int    `json:"window"`
	Device   string `json:"device"`
	Payload  string `json:"payload"`
	Rounds   int    `json:"rounds"`
	Reached  int    `json:"reached"`
	Acks     bool   `json:"acks"`
	Each     int    `json:"each"`
	InFlight int    `json:"inFlight"`
	WarmMs   int    `json:"warmMs"`
	ForMs    int    `json:"forMs"`
	Bytes    int    `json:"bytes"`
}

func main() {
	sets := map[string]*Set{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 64<<20)
	answers := json.NewEncoder(os.Stdout)
	_ = answers.Encode(map[string]bool{"ready": true})
	for lines.Scan() {
		var command Command
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			fail(err)
		}
		answer, err := run(sets, &command)
		if err != nil {
			fail(fmt.Errorf("%s %s: %w", command.Do, command.Kind, err))
		}
		if err := answers.Encode(answer); err != nil {
			fail(err)
		}
	}
}

func run(sets map[string]*Set, command *Command) (any, error) {
	switch command.Do {
	case "open":
		begun := startMeter(command.Pid)
		var watch *watcher
		if command.Acks {
			watch = &watcher{onDelivered: func(client *Client, _ int) error { return client.acknowledge(false) }}
		}
		set, err := openSet(command, watch)
		if err != nil {
			return nil, err
		}
		sets[command.Set] = set
		return begun.stop(), nil
	case "close":
		sets[command.Set].close()
		delete(sets, command.Set)
		return map[string]bool{"closed": true}, nil
	case "fan":
		return fan(sets[command.Set], sets[command.From], command)
	case "backlog":
		return backlog(sets, command)
	case "publish":
		return publish(sets[command.Set], command)
	case "sends":
		return sends(sets[command.Set], command)
	case "ask":
		return ask(sets[command.Set], command)
	case "uploads":
		return uploads(command)
	case "beat":
		return beat(sets[command.Set], command)
	}
	return nil, fmt.Errorf("there is no such command")
}

// A bench that goes on after this would measure nothing.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "lean:", err)
	os.Exit(1)
}
