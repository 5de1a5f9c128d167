package behest

import "time"

// timer calls with the client's lock held. A nil timer never runs.
type timer struct {
	inner   *time.Timer
	stopped bool
}

func (c *Client) after(wait time.Duration, call func()) *timer {
	t := &timer{}
	t.inner = time.AfterFunc(wait, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if !t.stopped {
			call()
		}
	})
	return t
}

// stop is called with the client's lock held; afterwards the call never comes.
func (t *timer) stop() {
	if t != nil {
		t.stopped = true
		t.inner.Stop()
	}
}

// serial runs calls one after another, without a lock held.
type serial struct {
	c       *Client
	waiting []func()
	running bool
	idle    []chan struct{}
}

// add is called with the client's lock held.
func (s *serial) add(call func()) {
	s.waiting = append(s.waiting, call)
	if !s.running {
		s.running = true
		go s.run()
	}
}

func (s *serial) run() {
	for {
		s.c.mu.Lock()
		if len(s.waiting) == 0 {
			s.running = false
			for _, one := range s.idle {
				close(one)
			}
			s.idle = nil
			s.c.mu.Unlock()
			return
		}
		call := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.c.mu.Unlock()
		call()
	}
}

// done is closed when nothing is left to run. Called with the client's lock held.
func (s *serial) done() <-chan struct{} {
	idle := make(chan struct{})
	if s.running {
		s.idle = append(s.idle, idle)
	} else {
		close(idle)
	}
	return idle
}
