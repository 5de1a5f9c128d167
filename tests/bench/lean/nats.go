package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Nats is as much of the NATS protocol as the comparison needs: publish with an answer, a push consumer, acknowledgements.
type nats struct {
	*wire
	inbox string
	reply string
	body  []byte
}

const (
	deliveries = "1"
	answers    = "2"
	confirms   = "3"
)

func (n *nats) open(command *Command, at int) error {
	n.inbox = "_INBOX." + command.Names[at]
	fmt.Fprintf(n.writer, "CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":%q,\"lang\":\"go\",\"version\":\"1\",\"protocol\":1}\r\n",
		command.Names[at])
	fmt.Fprintf(n.writer, "SUB %s.a %s\r\nSUB %s.c %s\r\n", n.inbox, answers, n.inbox, confirms)
	fmt.Fprintf(n.writer, "PING\r\n")
	if err := n.flush(); err != nil {
		return err
	}
	for {
		line, err := n.line()
		if err != nil {
			return err
		}
		if line == "PONG" {
			break
		}
	}
	if len(command.Topics) == 0 {
		return nil
	}
	fmt.Fprintf(n.writer, "SUB %s %s\r\n", command.Topics[at%len(command.Topics)], deliveries)
	return n.flush()
}

func (n *nats) line() (string, error) {
	line, err := n.reader.ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if err == nil && strings.HasPrefix(line, "-ERR") {
		err = fmt.Errorf("refused: %s", line)
	}
	return line, err
}

func (n *nats) next() (Event, error) {
	line, err := n.line()
	if err != nil {
		return Event{}, err
	}
	if line == "PING" {
		return Event{}, n.write("PONG\r\n")
	}
	if !strings.HasPrefix(line, "MSG ") {
		return Event{}, nil
	}
	parts := strings.Split(line, " ")
	length, err := strconv.Atoi(parts[len(parts)-1])
	if err != nil {
		return Event{}, err
	}
	if cap(n.body) < length+2 {
		n.body = make([]byte, length+2)
	}
	n.body = n.body[:length+2]
	if _, err := io.ReadFull(n.reader, n.body); err != nil {
		return Event{}, err
	}
	switch parts[2] {
	case deliveries:
		n.reply = parts[3]
		return Event{delivered, 1}, nil
	case answers:
		if strings.Contains(string(n.body), `"error":`) {
			return Event{}, fmt.Errorf("refused: %s", n.body)
		}
		return Event{answered, 1}, nil
	case confirms:
		return Event{confirmed, 1}, nil
	}
	return Event{}, nil
}

// The consumer acknowledges all up to one. So nothing is sent while more can be read.
func (n *nats) acknowledge(confirm bool) error {
	if confirm {
		return n.write("PUB " + n.reply + " " + n.inbox + ".c 4\r\n+ACK\r\n")
	}
	if n.reader.Buffered() > 0 {
		return nil
	}
	return n.write("PUB " + n.reply + " 4\r\n+ACK\r\n")
}

func (n *nats) publish(_ int64, topic string, payload string) error {
	return n.write("PUB " + topic + " " + n.inbox + ".a " + strconv.Itoa(len(payload)) + "\r\n" + payload + "\r\n")
}

func (n *nats) write(text string) error {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	_, err := n.writer.WriteString(text)
	return err
}

func (n *nats) leave() {}
