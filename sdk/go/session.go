package behest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A token with less than this left is renewed.
const renewBefore = 12 * time.Hour

// Renewal is what renews a session, once.
type Renewal struct {
	Credential string `json:"credential"`
	ExpiresAt  string `json:"expiresAt"`
}

// KeptSession is what a login or a renewal answered.
type KeptSession struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expiresAt"`
	Renewal   *Renewal  `json:"renewal,omitempty"`
}

// SessionStore is where a session is kept. Write returns once it is durable; nil forgets it.
type SessionStore interface {
	Read(ctx context.Context) (*KeptSession, error)
	Write(ctx context.Context, session *KeptSession) error
}

// Credentials for LogIn. Code is that of an authenticator app or a recovery code. Stay: with the person's consent, the answer
// renews itself.
type Credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Code     string `json:"code,omitempty"`
	Stay     bool   `json:"stay,omitempty"`
}

// LogIn logs in (AU-3). Its error is an *Error.
func LogIn(ctx context.Context, client *http.Client, server string, credentials Credentials) (*KeptSession, error) {
	var kept KeptSession
	status, err := postJSON(ctx, client, server+"/api/v1/auth/login", credentials, &kept)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK || kept.Token == "" {
		return nil, newError(KindInternal, "The server answered no session.")
	}
	return &kept, nil
}

// Session keeps a client logged in (AU-13). What a renewal answered is kept before its token is used.
type Session struct {
	server string
	store  SessionStore
	client *http.Client
	mu     sync.Mutex
}

// NewSession makes a Session; without a client it uses http.DefaultClient.
func NewSession(server string, store SessionStore, client *http.Client) *Session {
	if client == nil {
		client = http.DefaultClient
	}
	return &Session{server: strings.TrimRight(server, "/"), store: store, client: client}
}

// Token gives a token, renewed in good time. With KindUnauthorized the person has to log in.
func (s *Session) Token(ctx context.Context) (string, error) {
	kept, err := s.store.Read(ctx)
	if err != nil {
		return "", err
	}
	over := newError(KindUnauthorized, "Log in first.")
	if kept == nil {
		return "", over
	}
	left := time.Until(kept.ExpiresAt)
	if left > renewBefore {
		return kept.Token, nil
	}
	goesOn, err := s.Renew(ctx)
	switch {
	case err != nil && left <= 0:
		return "", err
	case err != nil:
		// The server is away: the token may be good for as long as it lasts.
		return kept.Token, nil
	case goesOn:
		if kept, err = s.store.Read(ctx); err != nil || kept == nil {
			return "", errors.Join(err, over)
		}
		return kept.Token, nil
	case left > 0:
		return kept.Token, nil
	default:
		return "", over
	}
}

// Renew says whether the session goes on.
func (s *Session) Renew(ctx context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.store.Read(ctx)
	if err != nil || kept == nil || kept.Renewal == nil {
		return false, err
	}
	var renewed KeptSession
	body := map[string]string{"credential": kept.Renewal.Credential}
	_, err = postJSON(ctx, s.client, s.server+"/api/v1/auth/renew", body, &renewed)
	if isOver(err) {
		return false, s.store.Write(ctx, nil)
	}
	if err != nil {
		return false, err
	}
	// Without a new credential the one before stays.
	if renewed.Renewal == nil {
		renewed.Renewal = kept.Renewal
	}
	return true, s.store.Write(ctx, &renewed)
}

// SessionFile keeps a session in a file that only its person can read, in a directory that exists.
type SessionFile struct{ Path string }

// Read gives nil when there is none, and when what is there is no session.
func (f SessionFile) Read(context.Context) (*KeptSession, error) {
	text, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var kept KeptSession
	if json.Unmarshal(text, &kept) != nil || kept.Token == "" {
		return nil, nil
	}
	return &kept, nil
}

// Write returns once the file is on the disk: whole, or as it was before.
func (f SessionFile) Write(_ context.Context, session *KeptSession) error {
	if session == nil {
		if err := os.Remove(f.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(session)
	if err != nil {
		return err
	}
	return writeFile(f.Path, text)
}

// writeFile replaces a file by one that only its person can read.
func writeFile(path string, text []byte) error {
	aside, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	_, err = aside.Write(text)
	err = errors.Join(err, aside.Sync(), aside.Close())
	if err != nil {
		return err
	}
	return os.Rename(aside.Name(), path)
}

// postJSON gives an *Error for every answer that is no success.
func postJSON(ctx context.Context, client *http.Client, address string, body, result any) (int, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, newError(KindOffline, "The server cannot be reached.")
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, readLimit))
	if err != nil {
		return 0, newError(KindOffline, "The server cannot be reached.")
	}
	if response.StatusCode >= 300 {
		return response.StatusCode, problemError(response.StatusCode, answer)
	}
	if json.Unmarshal(answer, result) != nil {
		return response.StatusCode, newError(KindInternal, "The server's answer is not what this version knows.")
	}
	return response.StatusCode, nil
}
