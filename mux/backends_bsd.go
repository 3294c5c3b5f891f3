//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package mux

var backends = []backend{{"kqueue", openKqueue}, {"poll", openPoll}, {"select", openSelect}}
