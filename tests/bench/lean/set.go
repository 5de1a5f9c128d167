package main

import (
	"bufio"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// Line is one connection in the words of its protocol.
type Line interface {
	// Sends what opens the line, and reads until it is open.
	open(command *Command, at int) error
	// Reads until something counts, and says what it was.
	next() (Event, error)
	// Acknowledges everything that was delivered. With confirm, an Event of kind confirmed follows once the other side has it.
	acknowledge(confirm bool) error
	// Publishes one message that is answered with its number.
	publish(id int64, topic string, payload string) error
	// Nothing more has been received for now, so what was written goes out.
	flush() error
	leave()
}

type eventKind int

const (
	nothing eventKind = iota
	delivered
	confirmed
	answered
)

// Event is what one frame or packet meant.
type Event struct {
	kind  eventKind
	count int
}

// Client is a line with the goroutine that reads it.
type Client struct {
	Line
	conn   net.Conn
	reader *bufio.Reader
	// Deliveries so far.
	got int
	at  int
}

// Set is connections of one kind that are driven together.
type Set struct {
	clients []*Client
	// Gets every event of every line; replaced between rounds.
	watch  atomic.Pointer[watcher]
	closed atomic.Bool
}

type watcher struct {
	onDelivered func(client *Client, count int) error
	onConfirmed func(client *Client)
	onAnswered  func(client *Client) error
}

// Opens all connections, a few at a time, so that no backlog of a listener overflows.
func openSet(command *Command, watch *watcher) (*Set, error) {
	set := &Set{clients: make([]*Client, len(command.Names))}
	set.watch.Store(watch)
	var next atomic.Int64
	var opening sync.WaitGroup
	failures := make(chan error, command.AtOnce)
	for worker := 0; worker < command.AtOnce; worker++ {
		opening.Add(1)
		go func() {
			defer opening.Done()
			for at := int(next.Add(1)) - 1; at < len(command.Names); at = int(next.Add(1)) - 1 {
				client, err := openClient(command, at)
				if err != nil {
					failures <- fmt.Errorf("connection %d: %w", at, err)
					return
				}
				set.clients[at] = client
				go set.read(client)
			}
		}()
	}
	opening.Wait()
	select {
	case err := <-failures:
		return nil, err
	default:
		return set, nil
	}
}

func openClient(command *Command, at int) (*Client, error) {
	conn, err := net.Dial("tcp", command.Addr)
	if err != nil {
		return nil, err
	}
	client := &Client{conn: conn, reader: bufio.NewReaderSize(conn, 4096), at: at}
	base := &wire{conn: conn, reader: client.reader, writer: bufio.NewWriterSize(conn, 4096)}
	switch command.Kind {
	case "behest", "raw":
		client.Line = &webSocket{wire: base, raw: command.Kind == "raw"}
	case "mqtt":
		client.Line = &mqtt{wire: base}
	case "nats":
		client.Line = &nats{wire: base}
	default:
		return nil, fmt.Errorf("there is no kind %q", command.Kind)
	}
	return client, client.Line.open(command, at)
}

func (set *Set) read(client *Client) {
	for {
		event, err := client.next()
		if err == nil {
			err = set.take(client, event)
		}
		if err == nil && client.reader.Buffered() == 0 {
			err = client.flush()
		}
		if err != nil {
			if !set.closed.Load() {
				fail(fmt.Errorf("connection %d: %w", client.at, err))
			}
			return
		}
	}
}

func (set *Set) take(client *Client, event Event) error {
	watch := set.watch.Load()
	if watch == nil {
		return nil
	}
	switch event.kind {
	case delivered:
		if watch.onDelivered != nil {
			return watch.onDelivered(client, event.count)
		}
	case confirmed:
		if watch.onConfirmed != nil {
			watch.onConfirmed(client)
		}
	case answered:
		if watch.onAnswered != nil {
			return watch.onAnswered(client)
		}
	}
	return nil
}

func (set *Set) close() {
	set.closed.Store(true)
	for _, client := range set.clients {
		client.leave()
		client.conn.Close()
	}
}

// Wire is what all protocols read and write. A sender's first frames and its answers come from two goroutines.
type wire struct {
	conn   net.Conn
	reader *bufio.Reader
	writer *bufio.Writer
	mutex  sync.Mutex
}

func (w *wire) flush() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.writer.Flush()
}
