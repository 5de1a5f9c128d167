package behest

import (
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// MemorySeen remembers the last commands, in memory.
type MemorySeen struct {
	mu     sync.Mutex
	size   int
	states map[string]*list.Element
	order  *list.List
}

type seenCommand struct{ id, state string }

// NewMemorySeen makes a store for so many commands.
func NewMemorySeen(size int) *MemorySeen {
	return &MemorySeen{size: size, states: map[string]*list.Element{}, order: list.New()}
}

// Get implements SeenStore.
func (m *MemorySeen) Get(_ context.Context, id string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, ok := m.states[id]; ok {
		return found.Value.(seenCommand).state, nil
	}
	return "", nil
}

// Set implements SeenStore.
func (m *MemorySeen) Set(_ context.Context, id, state string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, ok := m.states[id]; ok {
		m.order.Remove(found)
	}
	m.states[id] = m.order.PushBack(seenCommand{id, state})
	if m.order.Len() > m.size {
		oldest := m.order.Front()
		delete(m.states, m.order.Remove(oldest).(seenCommand).id)
	}
	return nil
}

// FileOutbox keeps requests in a file that only its person can read, in a directory that exists.
type FileOutbox struct {
	path     string
	mu       sync.Mutex
	requests map[string]StoredRequest
}

// OpenFileOutbox reads the file, if there is one.
func OpenFileOutbox(path string) (*FileOutbox, error) {
	f := &FileOutbox{path: path, requests: map[string]StoredRequest{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	return f, json.Unmarshal(text, &f.requests)
}

// Load implements OutboxStore.
func (f *FileOutbox) Load(context.Context) ([]StoredRequest, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := make([]StoredRequest, 0, len(f.requests))
	for _, request := range f.requests {
		found = append(found, request)
	}
	slices.SortFunc(found, func(a, b StoredRequest) int { return strings.Compare(a.ID, b.ID) })
	return found, nil
}

// Put implements OutboxStore.
func (f *FileOutbox) Put(_ context.Context, request StoredRequest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests[request.ID] = request
	return f.write()
}

// Remove implements OutboxStore.
func (f *FileOutbox) Remove(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.requests[id]; !ok {
		return nil
	}
	delete(f.requests, id)
	return f.write()
}

func (f *FileOutbox) write() error {
	text, err := json.Marshal(f.requests)
	if err != nil {
		return err
	}
	return writeFile(f.path, text)
}
