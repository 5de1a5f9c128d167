package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
)

// Uploads `each` files of `bytes` bytes, `atOnce` at a time, each in one request over connections that stay open. No two
// files have the same bytes.
func uploads(command *Command) (any, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: command.AtOnce}, Timeout: patience}
	defer client.CloseIdleConnections()
	source := make([]byte, command.Bytes)
	if _, err := rand.Read(source); err != nil {
		return nil, err
	}
	var next atomic.Int64
	var uploading sync.WaitGroup
	failures := make(chan error, command.AtOnce)
	begun := startMeter(command.Pid)
	for worker := 0; worker < command.AtOnce; worker++ {
		uploading.Add(1)
		go func() {
			defer uploading.Done()
			body := bytes.Clone(source)
			for next.Add(1) <= int64(command.Each) {
				copy(body, strconv.FormatInt(lastNumber.Add(1), 16)+" ")
				if err := upload(client, command, body); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	uploading.Wait()
	select {
	case err := <-failures:
		return nil, err
	default:
		return begun.stop(), nil
	}
}

func upload(client *http.Client, command *Command, body []byte) error {
	request, err := http.NewRequest("POST", command.Addr, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if command.Kind == "tus" {
		request.Header.Set("Tus-Resumable", "1.0.0")
		request.Header.Set("Upload-Length", strconv.Itoa(len(body)))
		request.Header.Set("Content-Type", "application/offset+octet-stream")
	} else if len(command.Names) > 0 {
		request.Header.Set("Authorization", "Bearer "+command.Names[0])
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("answered %d: %s", response.StatusCode, answer)
	}
	return err
}
