package cmdtest

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// proxyPeer is a proxy for scripts that serves one connection: it asks for user and password if login is "USER:PASSWORD",
// and takes the name "target.test" for 127.0.0.1.
func proxyPeer(kind, portFile, login string) error {
	c, err := acceptPeer("127.0.0.1", portFile)
	if err != nil {
		return err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	target, reply, err := map[string]func(*bufio.Reader, io.Writer, string) (string, string, error){
		"socks4": socks4Peer, "socks5": socks5Peer, "http": httpPeer}[kind](r, c, login)
	if err != nil {
		return err
	}
	onward, err := net.Dial("tcp", strings.Replace(target, "target.test", "127.0.0.1", 1))
	if err != nil {
		return err
	}
	defer onward.Close()
	// The reply and the first payload leave in one write, which is where early payload gets lost.
	early := make([]byte, 1024)
	n, _ := onward.Read(early)
	if _, err := c.Write(append([]byte(reply), early[:n]...)); err != nil {
		return err
	}
	sent := make(chan struct{})
	go func() {
		io.Copy(onward, r)
		onward.(*net.TCPConn).CloseWrite()
		close(sent)
	}()
	_, err = io.Copy(c, onward)
	c.(*net.TCPConn).CloseWrite()
	<-sent
	return err
}

func socks4Peer(r *bufio.Reader, _ io.Writer, login string) (target, reply string, err error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", "", err
	}
	user, _ := r.ReadString(0)
	if login != "" && user != login+"\x00" {
		return "", "", fmt.Errorf("user %q", user)
	}
	host := net.IP(head[4:8]).String()
	if strings.HasPrefix(host, "0.0.0.") {
		host, _ = r.ReadString(0)
		host = strings.TrimSuffix(host, "\x00")
	}
	return net.JoinHostPort(host, strconv.Itoa(int(head[2])<<8|int(head[3]))), "\x00\x5a\x00\x00\x00\x00\x00\x00", nil
}

func socks5Peer(r *bufio.Reader, w io.Writer, login string) (target, reply string, err error) {
	head := make([]byte, 2)
	io.ReadFull(r, head)
	r.Discard(int(head[1]))
	if login == "" {
		w.Write([]byte{5, 0})
	} else {
		w.Write([]byte{5, 2})
		r.Discard(1)
		user, password := socksString(r), socksString(r)
		if user+":"+password != login {
			w.Write([]byte{1, 1})
			return "", "", errors.New("wrong login " + user + ":" + password)
		}
		w.Write([]byte{1, 0})
	}
	request := make([]byte, 4)
	if _, err := io.ReadFull(r, request); err != nil {
		return "", "", err
	}
	var host string
	switch request[3] {
	case 1:
		ip := make([]byte, 4)
		io.ReadFull(r, ip)
		host = net.IP(ip).String()
	case 3:
		host = socksString(r)
	}
	port := make([]byte, 2)
	if _, err := io.ReadFull(r, port); err != nil {
		return "", "", err
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port[0])<<8|int(port[1]))), "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00", nil
}

func socksString(r *bufio.Reader) string {
	n, _ := r.ReadByte()
	b := make([]byte, n)
	io.ReadFull(r, b)
	return string(b)
}

func httpPeer(r *bufio.Reader, w io.Writer, login string) (target, reply string, err error) {
	request, err := http.ReadRequest(r)
	if err != nil {
		return "", "", err
	}
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(login))
	if login != "" && request.Header.Get("Proxy-Authorization") != want {
		io.WriteString(w, "HTTP/1.0 407 Proxy Authentication Required\r\n\r\n")
		return "", "", errors.New("wrong login")
	}
	return request.RequestURI, "HTTP/1.0 200 Connection established\r\nX: y\r\n\r\n", nil
}
