package main

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Longest wait for something that must come: after it the bench says what is missing.
const patience = 120 * time.Second

// Fanned is one round of one message to many, from the call on, in ms.
type Fanned struct {
	FirstMs float64 `json:"firstMs"`
	LastMs  float64 `json:"lastMs"`
	// Until the sender has its answer, and until every acknowledgement is known to be taken; 0 where there is none.
	AnswerMs float64 `json:"answerMs"`
	AllMs    float64 `json:"allMs"`
	CpuMs    float64 `json:"cpuMs"`
}

var lastNumber atomic.Int64

func fan(takers *Set, senders *Set, command *Command) (any, error) {
	rounds := make([]Fanned, 0, command.Rounds)
	for len(rounds) < command.Rounds {
		var messages, acknowledged atomic.Int64
		var round Fanned
		done := make(chan struct{}, 3)
		wanted := 1
		var begunAt time.Time
		takers.watch.Store(&watcher{
			onDelivered: func(client *Client, _ int) error {
				switch count := messages.Add(1); {
				case count == 1 && command.Reached == 1:
					round.FirstMs = since(begunAt)
					round.LastMs = round.FirstMs
					done <- struct{}{}
				case count == 1:
					round.FirstMs = since(begunAt)
				case count == int64(command.Reached):
					round.LastMs = since(begunAt)
					done <- struct{}{}
				}
				if command.Acks {
					return client.acknowledge(true)
				}
				return nil
			},
			onConfirmed: func(*Client) {
				if acknowledged.Add(1) == int64(command.Reached) {
					round.AllMs = since(begunAt)
					done <- struct{}{}
				}
			},
		})
		if command.Acks {
			wanted++
		}
		if command.Kind != "raw" {
			wanted++
			senders.watch.Store(&watcher{onAnswered: func(*Client) error {
				round.AnswerMs = since(begunAt)
				done <- struct{}{}
				return nil
			}})
		}
		cpuBefore := cpuMs(command.Pid)
		begunAt = time.Now()
		sender := senders.clients[0]
		if err := sender.publish(lastNumber.Add(1), command.Topics[0], command.Payload); err != nil {
			return nil, err
		}
		if err := sender.flush(); err != nil {
			return nil, err
		}
		for ; wanted > 0; wanted-- {
			select {
			case <-done:
			case <-time.After(patience):
				return nil, fmt.Errorf("only %d of %d messages and %d acknowledgements came", messages.Load(),
					command.Reached, acknowledged.Load())
			}
		}
		round.CpuMs = cpuMs(command.Pid) - cpuBefore
		rounds = append(rounds, round)
		// What the server does after a broadcast belongs to no round.
		time.Sleep(20 * time.Millisecond)
	}
	return rounds, nil
}

// Connects everybody to what waits for them, and acknowledges it: from the first connection to the last confirmation.
func backlog(sets map[string]*Set, command *Command) (any, error) {
	var messages, acknowledged atomic.Int64
	people := int64(len(command.Names))
	done := make(chan struct{})
	watch := &watcher{
		onDelivered: func(client *Client, count int) error {
			client.got += count
			messages.Add(int64(count))
			if client.got > command.Each {
				return fmt.Errorf("%d came instead of %d", client.got, command.Each)
			}
			return client.acknowledge(client.got == command.Each)
		},
		onConfirmed: func(*Client) {
			if acknowledged.Add(1) == people {
				close(done)
			}
		},
	}
	begun := startMeter(command.Pid)
	set, err := openSet(command, watch)
	if err != nil {
		return nil, err
	}
	sets[command.Set] = set
	select {
	case <-done:
		return begun.stop(), nil
	case <-time.After(patience):
		return nil, fmt.Errorf("only %d messages and %d of %d confirmations came", messages.Load(), acknowledged.Load(), people)
	}
}

// Publishes `each` messages to every topic, and waits until all are answered.
func publish(set *Set, command *Command) (any, error) {
	total := int64(command.Each * len(command.Topics))
	var taken atomic.Int64
	done := make(chan struct{})
	room := make(chan struct{}, 1000)
	set.watch.Store(&watcher{onAnswered: func(*Client) error {
		<-room
		if taken.Add(1) == total {
			close(done)
		}
		return nil
	}})
	begun := startMeter(command.Pid)
	client := set.clients[0]
	for at := int64(0); at < total; at++ {
		select {
		case room <- struct{}{}:
		default:
			if err := client.flush(); err != nil {
				return nil, err
			}
			room <- struct{}{}
		}
		topic := command.Topics[int(at)%len(command.Topics)]
		if err := client.publish(lastNumber.Add(1), topic, command.Payload); err != nil {
			return nil, err
		}
	}
	if err := client.flush(); err != nil {
		return nil, err
	}
	select {
	case <-done:
		return begun.stop(), nil
	case <-time.After(patience):
		return nil, fmt.Errorf("only %d of %d were taken", taken.Load(), total)
	}
}

// Sent is a steady load of sends, each answered before the sender's next.
type Sent struct {
	Spent
	Count int64 `json:"count"`
}

func sends(set *Set, command *Command) (any, error) {
	var sent, taken atomic.Int64
	var stopping atomic.Bool
	send := func(client *Client) error {
		number := sent.Add(1)
		// One sender goes through all recipients. Each of many has four: 500 may be open from one person to another (DL-7).
		to := int(number)
		if len(set.clients) > 1 {
			to = client.at + int(number%4)*len(command.Topics)/4
		}
		return client.publish(lastNumber.Add(1), command.Topics[to%len(command.Topics)], command.Payload)
	}
	set.watch.Store(&watcher{onAnswered: func(client *Client) error {
		taken.Add(1)
		if stopping.Load() {
			return nil
		}
		return send(client)
	}})
	for _, client := range set.clients {
		for at := 0; at < command.InFlight; at++ {
			if err := send(client); err != nil {
				return nil, err
			}
		}
		if err := client.flush(); err != nil {
			return nil, err
		}
	}
	time.Sleep(time.Duration(command.WarmMs) * time.Millisecond)
	begun, before := startMeter(command.Pid), taken.Load()
	time.Sleep(time.Duration(command.ForMs) * time.Millisecond)
	spent, count := begun.stop(), taken.Load()-before
	stopping.Store(true)
	for endsAt := time.Now().Add(patience); taken.Load() < sent.Load(); {
		if time.Now().After(endsAt) {
			return nil, fmt.Errorf("%d sends were not answered", sent.Load()-taken.Load())
		}
		time.Sleep(10 * time.Millisecond)
	}
	return Sent{Spent: spent, Count: count}, nil
}

// One request of a NATS server for each topic, answered without an error.
func ask(set *Set, command *Command) (any, error) {
	done := make(chan struct{}, len(command.Topics))
	set.watch.Store(&watcher{onAnswered: func(*Client) error {
		done <- struct{}{}
		return nil
	}})
	client := set.clients[0]
	for at, topic := range command.Topics {
		if err := client.publish(lastNumber.Add(1), topic, command.Names[at]); err != nil {
			return nil, err
		}
		if err := client.flush(); err != nil {
			return nil, err
		}
		select {
		case <-done:
		case <-time.After(patience):
			return nil, fmt.Errorf("no answer to %s", topic)
		}
	}
	return map[string]int{"asked": len(command.Topics)}, nil
}

// Every connection of a set of WebSockets sends its heartbeat once, evenly over a time, and has the answer.
func beat(set *Set, command *Command) (any, error) {
	var answers atomic.Int64
	done := make(chan struct{})
	count := func() error {
		if answers.Add(1) == int64(len(set.clients)) {
			close(done)
		}
		return nil
	}
	set.watch.Store(&watcher{
		onDelivered: func(*Client, int) error { return count() },
		onAnswered:  func(*Client) error { return count() },
	})
	begun := startMeter(command.Pid)
	pause := time.Duration(command.ForMs) * time.Millisecond / time.Duration(len(set.clients))
	for at, client := range set.clients {
		time.Sleep(time.Until(begun.at.Add(time.Duration(at) * pause)))
		if err := client.Line.(*webSocket).write(1, command.Payload); err != nil {
			return nil, err
		}
		if err := client.flush(); err != nil {
			return nil, err
		}
	}
	select {
	case <-done:
		return begun.stop(), nil
	case <-time.After(patience):
		return nil, fmt.Errorf("only %d of %d heartbeats were answered", answers.Load(), len(set.clients))
	}
}
