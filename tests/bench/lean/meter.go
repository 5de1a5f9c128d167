package main

import (
	"syscall"
	"time"
	"unsafe"
)

// Spent is what a scenario took.
type Spent struct {
	Ms float64 `json:"ms"`
	// CPU time of the measured process and of this one.
	CpuMs    float64 `json:"cpuMs"`
	ClientMs float64 `json:"clientMs"`
}

type meter struct {
	at     time.Time
	pid    int
	cpu    float64
	client float64
}

func startMeter(pid int) meter {
	return meter{at: time.Now(), pid: pid, cpu: cpuMs(pid), client: cpuMs(syscall.Getpid())}
}

func (m meter) stop() Spent {
	return Spent{Ms: since(m.at), CpuMs: cpuMs(m.pid) - m.cpu, ClientMs: cpuMs(syscall.Getpid()) - m.client}
}

func since(at time.Time) float64 {
	return float64(time.Since(at).Nanoseconds()) / 1e6
}

// CPU time of all threads of a process since it began, by its own clock: exact, where /proc counts ticks of 10 ms (Linux).
func cpuMs(pid int) float64 {
	if pid == 0 {
		return 0
	}
	var at syscall.Timespec
	clock := uintptr(int32(^pid<<3 | 2))
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&at)), 0)
	if errno != 0 {
		fail(errno)
	}
	return float64(at.Sec)*1e3 + float64(at.Nsec)/1e6
}
