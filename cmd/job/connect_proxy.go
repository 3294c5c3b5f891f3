package job

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/proxy"
)

// Proxy is what stands between us and the target, as data.
type Proxy struct {
	Kind        string // "socks4", "socks4a", "socks5", "http"
	Target      address.Target
	User        string
	Password    string
	AskPassword bool // of the terminal, unless GNC_PROXY_AUTH has it
}

// ProxyPort is the default port of a proxy.
func ProxyPort(kind string) string {
	if kind == "http" {
		return "3128"
	}
	return "1080"
}

// proxyPatience bounds the conversation with a proxy, which connects for us meanwhile, unless
// --connect-timeout does.
const proxyPatience = 2 * time.Minute

// negotiate asks the proxy that conn leads to for the target, then goes on with the connection as
// if it were one to it.
func (c *connecting) negotiate(conn *netio.Conn, addr netip.AddrPort) {
	p := c.job.Proxy
	c.target(func(host string, port uint16, err error) {
		var shake proxy.Handshake
		switch {
		case err != nil:
		case p.Kind == "http":
			shake, err = proxy.NewHTTPConnect(host, port, p.User, c.password)
		case p.Kind == "socks5":
			shake, err = proxy.NewSOCKS5(host, port, p.User, c.password)
		default:
			shake, err = proxy.NewSOCKS4(host, port, p.User)
		}
		if err != nil {
			conn.Close()
			c.end(err)
			return
		}
		bound := c.job.Timeout
		if bound == 0 {
			bound = proxyPatience
		}
		c.cancel = c.loop.Negotiate(conn, shake, bound, func(err error) {
			if err != nil {
				conn.Close()
				c.failed(&proxyError{p.Target, err})
				return
			}
			c.use(conn, addr)
		})
	})
}

// proxyError is a proxy that did not give us the connection.
type proxyError struct {
	proxy address.Target
	Err   error
}

func (e *proxyError) Error() string {
	text := fmt.Sprintf("proxy %s: %v", e.proxy, e.Err)
	if refusal, is := errors.AsType[*proxy.Error](e.Err); is && refusal.Anonymous {
		text += "; GNC_PROXY_AUTH, or --proxy itself, may hold USER:PASSWORD"
	}
	return text
}
func (e *proxyError) Unwrap() error { return e.Err }

// target finds what the proxy is asked for: the host, by name where the protocol has names, and the
// number of the port.
func (c *connecting) target(then func(host string, port uint16, err error)) {
	byName := c.job.Proxy.Kind != "socks4"
	q := query{Target: address.Target{Host: c.job.Host, Port: c.port}, network: "ip4", numeric: c.job.Numeric}
	if byName {
		q.Host = "0.0.0.0" // the port alone is looked up
	}
	c.lookupAll(q, func(found []netip.AddrPort, err error) {
		switch {
		case len(found) == 0:
			then("", 0, &TargetError{Host: c.job.Host, Port: c.port, Numeric: q.numeric, Err: err})
		case byName:
			then(c.job.Host, found[0].Port(), nil)
		default:
			then(found[0].Addr().String(), found[0].Port(), nil)
		}
	})
}

// askedPassword is the proxy's password, if need be from the terminal.
func (p *Proxy) askedPassword() (string, error) {
	if !p.AskPassword {
		return p.Password, nil
	}
	text, err := readPassword(fmt.Sprintf("Proxy password for %s@%s: ", p.User, p.Target.Host))
	if err != nil {
		return "", errors.New("no terminal to ask for the proxy's password; set GNC_PROXY_AUTH")
	}
	return text, nil
}
