package main

import (
	"fmt"
	"io"
)

// Mqtt is as much of MQTT 3.1.1 as the comparison needs: a session that the broker keeps, one topic, QoS 1 both ways.
type mqtt struct {
	*wire
	body   []byte
	unsent []byte
}

func (m *mqtt) open(command *Command, at int) error {
	// Level 4, no clean session, keep-alive of an hour.
	connect := append(mqttText("MQTT"), 4, 0, 14, 16)
	if err := m.write(0x10, append(connect, mqttText(command.Names[at])...)); err != nil {
		return err
	}
	if err := m.await(2); err != nil {
		return err
	}
	if len(command.Topics) == 0 {
		return nil
	}
	topic := command.Topics[at%len(command.Topics)]
	if err := m.write(0x82, append(append([]byte{0, 1}, mqttText(topic)...), 1)); err != nil {
		return err
	}
	return m.await(9)
}

func (m *mqtt) await(wanted byte) error {
	if err := m.flush(); err != nil {
		return err
	}
	head, err := m.read()
	if err == nil && head>>4 != wanted {
		err = fmt.Errorf("a packet of type %d, not %d", head>>4, wanted)
	}
	return err
}

func (m *mqtt) read() (byte, error) {
	head, err := m.reader.ReadByte()
	if err != nil {
		return 0, err
	}
	length := 0
	for shift := 0; ; shift += 7 {
		part, err := m.reader.ReadByte()
		if err != nil {
			return 0, err
		}
		length |= int(part&0x7f) << shift
		if part&0x80 == 0 {
			break
		}
	}
	if cap(m.body) < length {
		m.body = make([]byte, length)
	}
	m.body = m.body[:length]
	_, err = io.ReadFull(m.reader, m.body)
	return head, err
}

func (m *mqtt) next() (Event, error) {
	head, err := m.read()
	if err != nil {
		return Event{}, err
	}
	switch head >> 4 {
	case 3:
		topic := int(m.body[0])<<8 | int(m.body[1])
		m.unsent = append(m.unsent, 0x40, 2, m.body[2+topic], m.body[3+topic])
		return Event{delivered, 1}, nil
	case 4:
		return Event{answered, 1}, nil
	case 13:
		return Event{confirmed, 1}, nil
	}
	return Event{}, nil
}

// Each message has an acknowledgement of its own. The broker answers none; the answer to a ping behind them says that it has them.
func (m *mqtt) acknowledge(confirm bool) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if confirm {
		m.unsent = append(m.unsent, 0xc0, 0)
	}
	_, err := m.writer.Write(m.unsent)
	m.unsent = m.unsent[:0]
	return err
}

func (m *mqtt) publish(id int64, topic string, payload string) error {
	packet := byte(id%0xfffe + 1)
	number := []byte{byte((id%0xfffe + 1) >> 8), packet}
	return m.write(0x32, append(append(mqttText(topic), number...), payload...))
}

func (m *mqtt) write(head byte, body []byte) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	packet := []byte{head}
	for left := len(body); ; {
		part := byte(left & 0x7f)
		left >>= 7
		if left == 0 {
			packet = append(packet, part)
			break
		}
		packet = append(packet, part|0x80)
	}
	_, err := m.writer.Write(append(packet, body...))
	return err
}

func (m *mqtt) leave() {
	if m.write(0xe0, nil) == nil {
		_ = m.flush()
	}
}

func mqttText(text string) []byte {
	return append([]byte{byte(len(text) >> 8), byte(len(text))}, text...)
}
