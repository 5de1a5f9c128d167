package behest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// partBytes of one request: fewer than the megabyte to which many proxies limit a body (FI-9).
	partBytes = 1_000_000
	// leastPartBytes is the smallest part that is tried when a proxy refuses larger ones.
	leastPartBytes = 50_000
)

// Waits before an upload is resumed. They start again once bytes arrived.
var uploadWaits = []time.Duration{500 * time.Millisecond, time.Second, 3 * time.Second, 10 * time.Second}

// errProxyLimit: something in front of the server refused the size of a body.
type errProxyLimit struct{ refusal *Error }

func (e *errProxyLimit) Error() string { return e.refusal.Error() }

// Upload is what Files.Put takes.
type Upload struct {
	Name string
	// Source is read from anywhere, again after an interruption.
	Source io.ReaderAt
	Size   int64
	// Progress is told the bytes that the server has.
	Progress func(sent int64)
	// Resume is the address of an upload that an earlier run began. One that the server no longer has is begun anew.
	Resume string
	// Begun is told that address.
	Begun func(address string)
}

// Files of the person: resumable uploads (tus 1.0.0, FI-2) and downloads.
type Files struct {
	server string
	client *http.Client
	token  func(context.Context) (string, error)
}

func newFiles(server string, client *http.Client, token func(context.Context) (string, error)) *Files {
	return &Files{server: strings.TrimRight(server, "/"), client: client, token: token}
}

// Put uploads, and resumes after interruptions. It returns once the server has the file; it may still be scanned then.
func (f *Files) Put(ctx context.Context, upload Upload) (*File, error) {
	part, tries, place := int64(partBytes), 0, upload.Resume
	for {
		file, err := f.put(ctx, upload, &place, part, &tries)
		if err == nil {
			return file, nil
		}
		var limit *errProxyLimit
		if errors.As(err, &limit) {
			if part <= leastPartBytes {
				return nil, limit.refusal
			}
			part = max(leastPartBytes, part/2)
			continue
		}
		if !mayPass(err) || tries >= len(uploadWaits) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(uploadWaits[tries]):
		}
		tries++
	}
}

func (f *Files) put(ctx context.Context, upload Upload, place *string, part int64, tries *int) (*File, error) {
	offset, id, found, err := int64(0), "", false, error(nil)
	if *place != "" {
		if offset, id, found, err = f.standing(ctx, *place); err != nil {
			return nil, err
		}
	}
	if !found {
		if *place, id, err = f.begin(ctx, upload); err != nil {
			return nil, err
		}
		if upload.Begun != nil {
			upload.Begun(*place)
		}
	}
	progress := func() {
		if upload.Progress != nil {
			upload.Progress(offset)
		}
	}
	progress()
	for offset < upload.Size {
		bytes := make([]byte, min(part, upload.Size-offset))
		if _, err := upload.Source.ReadAt(bytes, offset); err != nil && err != io.EOF {
			return nil, err
		}
		sent, named, err := f.send(ctx, *place, offset, bytes)
		if err != nil {
			return nil, err
		}
		if sent <= offset {
			return nil, newError(KindBroken, "The server took no bytes.")
		}
		offset, id, *tries = sent, named, 0
		progress()
	}
	if id == "" {
		return nil, newError(KindInternal, "The server did not name the file.")
	}
	return f.Get(ctx, id)
}

// Get gives what is known of a file.
func (f *Files) Get(ctx context.Context, id string) (*File, error) {
	var answer struct {
		File File `json:"file"`
	}
	if err := f.json(ctx, "/api/v1/files/"+url.PathEscape(id), &answer); err != nil {
		return nil, err
	}
	return &answer.File, nil
}

// FilePage is a page of the person's own files, newest first. Next is before of the next page; nil on the last.
type FilePage struct {
	Files []File  `json:"files"`
	Next  *string `json:"next"`
}

// List gives a page of the person's own files: the first one when before is "".
func (f *Files) List(ctx context.Context, before string) (*FilePage, error) {
	query := ""
	if before != "" {
		query = "?before=" + url.QueryEscape(before)
	}
	var page FilePage
	if err := f.json(ctx, "/api/v1/files"+query, &page); err != nil {
		return nil, err
	}
	return &page, nil
}

// Content gives a file's bytes from start on: own files, and those of commands and chats that the person got, when clean. The
// caller closes the reader.
func (f *Files) Content(ctx context.Context, id string, start int64) (io.ReadCloser, error) {
	header := http.Header{}
	if start > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", start))
	}
	response, err := f.call(ctx, http.MethodGet, "/api/v1/files/"+url.PathEscape(id)+"/content", header, nil)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// standing is how far an upload is; found is false when the server no longer has it.
func (f *Files) standing(ctx context.Context, place string) (offset int64, id string, found bool, err error) {
	response, err := f.request(ctx, http.MethodHead, place, tusHeader(), nil)
	if err != nil {
		return 0, "", false, err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusGone:
		return 0, "", false, nil
	case response.StatusCode >= 300:
		return 0, "", false, problemError(response.StatusCode, nil)
	}
	offset, id, err = standingIn(response)
	return offset, id, true, err
}

func (f *Files) begin(ctx context.Context, upload Upload) (place, id string, err error) {
	header := tusHeader()
	header.Set("Upload-Length", strconv.FormatInt(upload.Size, 10))
	header.Set("Upload-Metadata", "filename "+base64.StdEncoding.EncodeToString([]byte(upload.Name)))
	response, err := f.call(ctx, http.MethodPost, "/api/v1/uploads", header, nil)
	if err != nil {
		return "", "", err
	}
	defer response.Body.Close()
	address, err := response.Location()
	if err != nil {
		return "", "", newError(KindInternal, "The server began no upload.")
	}
	return address.String(), response.Header.Get("Behest-File-Id"), nil
}

func (f *Files) send(ctx context.Context, place string, offset int64, part []byte) (int64, string, error) {
	header := tusHeader()
	header.Set("Upload-Offset", strconv.FormatInt(offset, 10))
	header.Set("Content-Type", "application/offset+octet-stream")
	response, err := f.request(ctx, http.MethodPatch, place, header, part)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(response.Body, readLimit))
	if response.StatusCode < 300 {
		return standingIn(response)
	}
	refusal := problemError(response.StatusCode, said)
	// The server's own refusals have a kind: anything else comes from a proxy.
	if response.StatusCode == http.StatusRequestEntityTooLarge && !bytes.Contains(said, []byte(`"kind"`)) {
		return 0, "", &errProxyLimit{refusal}
	}
	return 0, "", refusal
}

func (f *Files) json(ctx context.Context, path string, result any) error {
	response, err := f.call(ctx, http.MethodGet, path, http.Header{}, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if json.NewDecoder(response.Body).Decode(result) != nil {
		return newError(KindInternal, "The server's answer is not what this version knows.")
	}
	return nil
}

// call gives an *Error for every answer that is no success.
func (f *Files) call(ctx context.Context, method, path string, header http.Header, body []byte) (*http.Response, error) {
	response, err := f.request(ctx, method, path, header, body)
	if err != nil || response.StatusCode < 300 {
		return response, err
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(response.Body, readLimit))
	return nil, problemError(response.StatusCode, said)
}

func (f *Files) request(ctx context.Context, method, path string, header http.Header, body []byte) (*http.Response, error) {
	server, err := url.Parse(f.server)
	if err != nil {
		return nil, err
	}
	address := f.server + path
	if !strings.HasPrefix(path, "/") {
		address = path
	}
	target, err := url.Parse(address)
	// A token is never sent to another server, whatever an answer names.
	if err != nil || target.Scheme != server.Scheme || target.Host != server.Host {
		return nil, newError(KindForbidden, "The server named an address of another server.")
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	token, err := f.token(ctx)
	if err != nil {
		return nil, err
	}
	request.Header = header
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := f.client.Do(request)
	switch {
	case err == nil:
		return response, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	default:
		return nil, newError(KindOffline, "The server cannot be reached.")
	}
}

func tusHeader() http.Header { return http.Header{"Tus-Resumable": {"1.0.0"}} }

func standingIn(response *http.Response) (int64, string, error) {
	offset, err := strconv.ParseInt(response.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		return 0, "", newError(KindInternal, "The server did not say how far it is.")
	}
	return offset, response.Header.Get("Behest-File-Id"), nil
}

// mayPass: the same can succeed later.
func mayPass(err error) bool {
	var refusal *Error
	if !errors.As(err, &refusal) {
		return false
	}
	switch refusal.Kind {
	case KindOffline, KindBroken, KindRateLimited, KindUnavailable, KindInternal, KindConflict:
		return true
	default:
		return false
	}
}
