package cmd

import (
	"fmt"
	"time"

	"gnc/netio"
)

// socketFlags are the options of the sockets themselves.
type socketFlags struct {
	TOS        string   `name:"tos" placeholder:"WORD" help:"Type of service: lowdelay, throughput, af11 to af43, cs0 to cs7, ef, or a number."`
	TTL        *uint8   `name:"ttl" placeholder:"N" help:"Hop limit of what is sent."`
	MinTTL     *uint8   `name:"min-ttl" placeholder:"N" help:"Least hop limit of what is taken."`
	RecvBuffer size     `placeholder:"SIZE" help:"The socket's receive buffer."`
	SendBuffer size     `placeholder:"SIZE" help:"The socket's send buffer."`
	Keepalive  duration `placeholder:"DUR" help:"Ask an idle peer for a sign of life this often."`
	Interface  string   `placeholder:"NAME" help:"Use this interface only."`
}

func (f *socketFlags) socket() (netio.SocketOptions, error) {
	o := netio.SocketOptions{RecvBuffer: f.RecvBuffer.asInt(), SendBuffer: f.SendBuffer.asInt(),
		KeepAliveEvery: time.Duration(f.Keepalive), Interface: f.Interface}
	if f.TOS != "" {
		tos, ok := tosWord(f.TOS)
		if !ok {
			return o, fmt.Errorf("--tos %s is no type of service", f.TOS)
		}
		o.TOS = tos + 1
	}
	if f.TTL != nil {
		o.TTL = int(*f.TTL) + 1
	}
	if f.MinTTL != nil {
		o.MinTTL = int(*f.MinTTL) + 1
	}
	return o, nil
}
