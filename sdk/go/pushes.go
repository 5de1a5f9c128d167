package behest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// Subscription is a device as Web Push or a UnifiedPush connector gives it. P256dh and Auth are its keys (RFC 8291), base64url.
type Subscription struct {
	Endpoint string
	P256dh   string
	Auth     string
	// Device is a name for people; that of the login when it is "".
	Device string
}

// PushTry is the last push to a device. Status is nil when its push service gave no answer.
type PushTry struct {
	At      string `json:"at"`
	Outcome string `json:"outcome"`
	Status  *int   `json:"status"`
}

// PushDevice is a device that is told of what is new.
type PushDevice struct {
	ID      string   `json:"id"`
	Device  string   `json:"device"`
	Service string   `json:"service"`
	Since   string   `json:"since"`
	Current bool     `json:"current"`
	Last    *PushTry `json:"last"`
	RetryAt *string  `json:"retryAt"`
}

// PushHold is what holds everything now.
type PushHold struct {
	Rule  string  `json:"rule"`
	Until *string `json:"until"`
}

// PushDevices are the person's devices. Holds is nil when nothing holds them.
type PushDevices struct {
	Devices []PushDevice `json:"devices"`
	Holds   *PushHold    `json:"holds"`
}

// PushAnswered is what a button did.
type PushAnswered struct {
	Action  string  `json:"action"`
	Command *string `json:"command"`
}

// Pushes has the person's devices told of what is new, by Web Push or UnifiedPush (UI-12).
type Pushes struct{ rest *Files }

// Key is the server's public key, base64url, for whoever makes the subscription; "" where notifications are off.
func (p *Pushes) Key(ctx context.Context) (string, error) {
	var state struct {
		Key *string `json:"key"`
	}
	if err := p.call(ctx, http.MethodGet, "", nil, &state); err != nil || state.Key == nil {
		return "", err
	}
	return *state.Key, nil
}

// Subscribe has a device told from now on, or renews it.
func (p *Pushes) Subscribe(ctx context.Context, subscription Subscription) error {
	body := map[string]any{
		"endpoint": subscription.Endpoint,
		"keys":     map[string]string{"p256dh": subscription.P256dh, "auth": subscription.Auth},
	}
	if subscription.Device != "" {
		body["device"] = subscription.Device
	}
	return p.call(ctx, http.MethodPost, "/subscriptions", body, nil)
}

// Unsubscribe has the device of this address told no more.
func (p *Pushes) Unsubscribe(ctx context.Context, endpoint string) error {
	return p.call(ctx, http.MethodDelete, "/subscriptions", map[string]string{"endpoint": endpoint}, nil)
}

// List gives the devices with what their push services said last. For a login.
func (p *Pushes) List(ctx context.Context) (*PushDevices, error) {
	var devices PushDevices
	if err := p.call(ctx, http.MethodGet, "/subscriptions", nil, &devices); err != nil {
		return nil, err
	}
	return &devices, nil
}

// Test sends a push to a device now, and tells what its push service said. For a login.
func (p *Pushes) Test(ctx context.Context, id string) (*PushDevice, error) {
	var device PushDevice
	if err := p.call(ctx, http.MethodPost, "/subscriptions/"+url.PathEscape(id)+"/test", nil, &device); err != nil {
		return nil, err
	}
	return &device, nil
}

// Remove has a device told no more, by its id. For a login.
func (p *Pushes) Remove(ctx context.Context, id string) error {
	return p.call(ctx, http.MethodDelete, "/subscriptions/"+url.PathEscape(id), nil, nil)
}

// Answer answers from a notification, by the ticket in the address of its button: once.
func (p *Pushes) Answer(ctx context.Context, ticket string) (*PushAnswered, error) {
	var answered PushAnswered
	if err := p.call(ctx, http.MethodPost, "/answers", map[string]string{"ticket": ticket}, &answered); err != nil {
		return nil, err
	}
	return &answered, nil
}

func (p *Pushes) call(ctx context.Context, method, path string, body, answer any) error {
	header := http.Header{}
	var content []byte
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = encoded
		header.Set("Content-Type", "application/json")
	}
	response, err := p.rest.call(ctx, method, "/api/v1/push"+path, header, content)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
