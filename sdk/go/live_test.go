package behest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// told is what tests/http/sdk_live_test.ts says of its server. Without it these tests are not asked for.
func told(t *testing.T, name string) string {
	value := os.Getenv("BEHEST_TEST_" + name)
	if value == "" {
		t.Skip("no server: tests/http/sdk_live_test.ts starts one")
	}
	return value
}

// device is a connected device of somebody, and what it was handed.
type device struct {
	*Client
	mu    sync.Mutex
	got   []string
	stops []bool
}

func (d *device) titles() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.got)
}

func connected(t *testing.T, username string, options Options) *device {
	t.Helper()
	ctx := context.Background()
	if options.Server == "" {
		options.Server = told(t, "SERVER")
	}
	if options.Device == "" {
		options.Device = "suite"
	}
	kept, err := LogIn(ctx, http.DefaultClient, options.Server, Credentials{Username: username, Password: told(t, "PASSWORD")})
	if err != nil {
		t.Fatal(err)
	}
	d := &device{}
	options.Token = kept.Token
	options.Handlers.Deliver = func(_ context.Context, delivery Delivery) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		title := "(sealed)"
		if delivery.Command.Title != nil {
			title = *delivery.Command.Title
		}
		d.got = append(d.got, title)
		return nil
	}
	options.Handlers.Stopped = func(stopped, _ bool) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.stops = append(d.stops, stopped)
	}
	d.Client = New(options)
	t.Cleanup(func() { d.Close() })
	d.Connect()
	if _, err := d.Online(ctx); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *device) send(t *testing.T, to, title string, attachments ...string) {
	t.Helper()
	params := CommandSendParams{Kind: "task", Title: title, Attachments: attachments}
	params.Audience.Kind, params.Audience.To = "user", []string{to}
	if _, err := d.CommandSend(context.Background(), params); err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for range 6000 {
		if condition() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited too long for %s", what)
}

func (d *device) waitFor(t *testing.T, title string) {
	t.Helper()
	until(t, title, func() bool { return slices.Contains(d.titles(), title) })
}

// DL-3: a connection that is cut hands over each command once, in order.
func TestLiveCutConnections(t *testing.T) {
	bob := told(t, "BOB")
	sender := connected(t, told(t, "ANN"), Options{Device: "sender"})
	receiver := connected(t, bob, Options{})
	var titles []string
	for number := range 20 {
		titles = append(titles, fmt.Sprintf("number %d", number))
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			sender.send(t, bob, titles[number])
		}()
		if number%5 == 4 {
			response, err := http.Get(told(t, "CUT"))
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		<-sent
	}
	until(t, "the commands", func() bool { return len(receiver.titles()) >= len(titles) })
	sender.send(t, bob, "last")
	receiver.waitFor(t, "last")
	if got, want := receiver.titles(), append(titles, "last"); !slices.Equal(got, want) {
		t.Fatalf("got %q", got)
	}
}

// DL-3: connections that are cut after each of their frames hand over each command once.
func TestLiveCutAtEveryFrame(t *testing.T) {
	ann := told(t, "ANN")
	sender := connected(t, told(t, "BOB"), Options{Device: "sender"})
	var titles []string
	for frames := range 10 {
		response, err := http.Get(fmt.Sprintf("%s?after=%d", told(t, "CUT"), frames))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		receiver := connected(t, ann, Options{Device: fmt.Sprintf("cut-%d", frames), Rand: func() float64 { return 0 }})
		titles = append(titles, fmt.Sprintf("frame %d", frames))
		sender.send(t, ann, titles[frames])
		for _, title := range titles {
			receiver.waitFor(t, title)
		}
		if _, err := receiver.CategoryList(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(receiver.titles(), func(title string) bool { return !slices.Contains(titles, title) })
		if !slices.Equal(got, titles) {
			t.Fatalf("got %q", got)
		}
	}
}

// FI-2: a file goes up in parts, with a command, and down again.
func TestLiveFiles(t *testing.T) {
	ctx := context.Background()
	bob := told(t, "BOB")
	sender := connected(t, told(t, "ANN"), Options{Device: "sender"})
	receiver := connected(t, bob, Options{})
	content := make([]byte, 2_600_000)
	_, _ = rand.Read(content)
	var progress []int64
	file, err := sender.Files.Put(ctx, Upload{
		Name: "Grüße.bin", Source: bytes.NewReader(content), Size: int64(len(content)),
		Progress: func(sent int64) { progress = append(progress, sent) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if file.Name != "Grüße.bin" || !slices.Equal(progress, []int64{0, 1_000_000, 2_000_000, int64(len(content))}) {
		t.Fatalf("%s %d", file.Name, progress)
	}
	sender.send(t, bob, "with a file", file.ID)
	receiver.waitFor(t, "with a file")
	reader, err := receiver.Files.Content(ctx, file.ID, int64(len(content)-10))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if end, err := io.ReadAll(reader); err != nil || !bytes.Equal(end, content[len(content)-10:]) {
		t.Fatalf("the end of the file is %x, %v", end, err)
	}
	page, err := sender.Files.List(ctx, "")
	if err != nil || len(page.Files) != 1 || page.Files[0].ID != file.ID {
		t.Fatalf("%+v %v", page, err)
	}
}

// UI-12: a device is told by UnifiedPush, and says what its push service answered.
func TestLivePushes(t *testing.T) {
	ctx := context.Background()
	pushes := connected(t, told(t, "ANN"), Options{}).Pushes
	push := strings.Split(told(t, "PUSH"), " ")
	if key, err := pushes.Key(ctx); err != nil || len(key) != 87 {
		t.Fatalf("%q %v", key, err)
	}
	subscription := Subscription{Endpoint: push[0], P256dh: push[1], Auth: push[2], Device: "phone"}
	if err := pushes.Subscribe(ctx, subscription); err != nil {
		t.Fatal(err)
	}
	listed, err := pushes.List(ctx)
	if err != nil || len(listed.Devices) != 1 || listed.Devices[0].Device != "phone" || listed.Holds != nil {
		t.Fatalf("%+v %v", listed, err)
	}
	id := listed.Devices[0].ID
	if tested, err := pushes.Test(ctx, id); err != nil || tested.Last == nil || tested.Last.Outcome != "sent" {
		t.Fatalf("%+v %v", tested, err)
	}
	if err := pushes.Unsubscribe(ctx, push[0]); err != nil {
		t.Fatal(err)
	}
	missing := &Error{Kind: KindNotFound}
	if _, err := pushes.Answer(ctx, "x"); !errors.Is(err, missing) {
		t.Fatal(err)
	}
	if err := pushes.Remove(ctx, id); !errors.Is(err, missing) {
		t.Fatal(err)
	}
}

// CO-6: a stop holds what comes, on every device, until the person resumes; a handler that works is told to end.
func TestLiveStop(t *testing.T) {
	ctx := context.Background()
	bob := told(t, "BOB")
	sender := connected(t, told(t, "ANN"), Options{Device: "sender"})
	receiver := connected(t, bob, Options{})
	other := connected(t, bob, Options{Device: "other"})
	began, ended := make(chan struct{}, 1), make(chan error, 1)
	busy := New(Options{
		Server: told(t, "SERVER"), Device: "busy", Token: receiver.options.Token,
		Handlers: Handlers{Deliver: func(ctx context.Context, delivery Delivery) error {
			if delivery.Command.Title == nil || *delivery.Command.Title != "work" {
				return nil
			}
			select {
			case began <- struct{}{}:
				<-ctx.Done()
				ended <- ctx.Err()
				return ctx.Err()
			default:
				return nil
			}
		}},
	})
	defer busy.Close()
	busy.Connect()
	sender.send(t, bob, "work")
	<-began
	if _, err := receiver.SafetyStop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	sender.send(t, bob, "held")
	until(t, "the stop on the other device", func() bool {
		other.mu.Lock()
		defer other.mu.Unlock()
		return slices.Contains(other.stops, true)
	})
	if slices.Contains(receiver.titles(), "held") {
		t.Fatal("delivered in spite of the stop")
	}
	if _, err := receiver.SafetyResume(ctx, SafetyResumeParams{Confirm: true}); err != nil {
		t.Fatal(err)
	}
	receiver.waitFor(t, "held")
	other.waitFor(t, "held")
	if stopped, pending := receiver.Stopped(); stopped || pending {
		t.Fatal("still stopped")
	}
}

// WS-12: where WebSockets are blocked the library says so and goes on over a stream.
func TestLiveStream(t *testing.T) {
	ctx := context.Background()
	ann, bob := told(t, "ANN"), told(t, "BOB")
	sender := connected(t, ann, Options{Device: "sender"})
	transports := make(chan string, 8)
	receiver := connected(t, bob, Options{
		Server: told(t, "BLOCKED"), Device: "blocked", Rand: func() float64 { return 0.01 },
		Handlers: Handlers{Transport: func(transport string) { transports <- transport }},
	})
	if transport := receiver.Transport(); transport != "stream" || <-transports != "stream" {
		t.Fatal(transport)
	}
	sender.send(t, bob, "over a stream")
	receiver.waitFor(t, "over a stream")
	page, err := receiver.InboxList(ctx, InboxListParams{Q: "over a stream", From: ann})
	if err != nil || len(page.Items) != 1 || page.Items[0].Command.From.Username != ann {
		t.Fatalf("%+v %v", page, err)
	}
	receiver.send(t, ann, "back")
}

// WS-5: a device that is replaced stays away; AU-6: a session that ends asks for a login.
func TestLiveEnds(t *testing.T) {
	ann := told(t, "ANN")
	first := connected(t, ann, Options{})
	second := connected(t, ann, Options{})
	until(t, "the replaced device", func() bool { return first.State().Kind == StateStopped })
	if code := first.State().Code; code != 4409 {
		t.Fatal(code)
	}
	request, _ := http.NewRequest(http.MethodPost, told(t, "SERVER")+"/api/v1/auth/logout", nil)
	request.Header.Set("Authorization", "Bearer "+second.options.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	until(t, "the end of the session", func() bool { return second.State().Kind == StateLogin })
}

// CM-1: a refusal has its kind, and its fields.
func TestLiveRefusals(t *testing.T) {
	ctx := context.Background()
	sender := connected(t, told(t, "ANN"), Options{Device: "sender"})
	const unknown = "01ARZ3NDEKTSV4RR0000000000"
	if _, err := sender.CommandGet(ctx, CommandGetParams{ID: unknown}); !errors.Is(err, &Error{Kind: KindNotFound}) {
		t.Fatal(err)
	}
	_, err := sender.CommandGet(ctx, CommandGetParams{ID: "no id"})
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Kind != KindInvalidParams || refusal.Fields["id"] == "" {
		t.Fatal(err)
	}
	if _, err := sender.Files.Get(ctx, unknown); !errors.Is(err, &Error{Kind: KindNotFound}) {
		t.Fatal(err)
	}
	wrong := Credentials{Username: told(t, "ANN"), Password: "not the password of anybody"}
	if _, err := LogIn(ctx, http.DefaultClient, told(t, "SERVER"), wrong); !errors.Is(err, &Error{Kind: KindUnauthorized}) {
		t.Fatal(err)
	}
}

// AU-13, DL-3: a session is renewed, and what was not sent is sent by the next run.
func TestLiveRestarts(t *testing.T) {
	ctx := context.Background()
	server, ann := told(t, "SERVER"), told(t, "ANN")
	file := SessionFile{filepath.Join(t.TempDir(), "session")}
	credentials := Credentials{Username: told(t, "BOB"), Password: told(t, "PASSWORD"), Stay: true}
	kept, err := LogIn(ctx, http.DefaultClient, server, credentials)
	if err != nil || file.Write(ctx, kept) != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	outbox, err := OpenFileOutbox(filepath.Join(t.TempDir(), "outbox"))
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Server: server, Device: "kept", Session: NewSession(server, file, nil), Outbox: outbox}
	client := New(options)
	client.Connect()
	ready, err := client.Online(ctx)
	if err != nil || client.Close() != nil {
		t.Fatal(err)
	}
	options.UserID = ready.User.ID
	offline := New(options)
	failed := make(chan error)
	go func() {
		params := CommandSendParams{Kind: "task", Title: "kept"}
		params.Audience.Kind, params.Audience.To = "user", []string{ann}
		_, err := offline.CommandSend(ctx, params)
		failed <- err
	}()
	until(t, "the outbox", func() bool { return offline.Waiting() == 1 })
	offline.Close()
	if err := <-failed; !errors.Is(err, &Error{Kind: KindClosed}) {
		t.Fatal(err)
	}
	if left, err := outbox.Load(ctx); err != nil || len(left) != 1 {
		t.Fatal(left, err)
	}
	if goesOn, err := options.Session.Renew(ctx); err != nil || !goesOn {
		t.Fatal(goesOn, err)
	}
	if renewed, err := file.Read(ctx); err != nil || renewed.Token == kept.Token {
		t.Fatal("the session was not renewed", err)
	}
	receiver := connected(t, ann, Options{Device: "late"})
	again := New(options)
	again.Connect()
	receiver.waitFor(t, "kept")
	until(t, "its answer", func() bool { return again.Waiting() == 0 })
	again.Close()
	if left, err := outbox.Load(ctx); err != nil || len(left) != 0 {
		t.Fatal(left, err)
	}
}
