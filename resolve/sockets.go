package resolve

// socket is a kind of socket that an address may be used with, and the port.
type socket struct {
	sockType, protocol int
	port               int
}

// socketKind is a row of getaddrinfo's table of sockets.
type socketKind struct {
	sockType, protocol int
	name               string // of the protocol in the services file
	byDefault          bool   // given when nothing is hinted
	raw                bool   // any protocol, and no services
}

// socketKinds in glibc's order, which decides the order of answers.
var socketKinds = []socketKind{
	{SockStream, ProtoTCP, "tcp", true, false},
	{SockDgram, ProtoUDP, "udp", true, false},
	{SockDCCP, ProtoDCCP, "dccp", false, false},
	{SockDgram, ProtoUDPLite, "udplite", false, false},
	{SockStream, ProtoSCTP, "sctp", false, false},
	{SockSeqpacket, ProtoSCTP, "sctp", false, false},
	{SockRaw, 0, "raw", true, true},
}

// sockets finds the kinds of socket that the hints and the service allow. A nil or empty service is
// port 0. code is 0 or the error.
func (r *Resolver) sockets(service *string, h Hints) (list []socket, code int) {
	port, name := 0, ""
	if service != nil && *service != "" {
		n, rest, _ := strtoul(*service, 10)
		number := int32(uint32(n))
		if rest != "" {
			if h.Flags&NumericServ != 0 {
				return nil, EAINoName
			}
			number = -1
		}
		port = int(uint16(number))
		if number < 0 {
			name = *service
		}
	}
	if h.SockType == 0 && h.Protocol == 0 {
		return r.allSockets(name, port)
	}
	for _, k := range socketKinds {
		if h.SockType != 0 && h.SockType != k.sockType ||
			h.Protocol != 0 && !k.raw && h.Protocol != k.protocol {
			continue
		}
		return r.oneSocket(k, name, port, service != nil && *service != "", h)
	}
	if h.SockType != 0 {
		return nil, EAISockType
	}
	return nil, EAIService
}

// oneSocket is the answer for a hinted kind, the first row that matches.
func (r *Resolver) oneSocket(k socketKind, name string, port int, serviced bool,
	h Hints) ([]socket, int) {
	if k.raw && serviced {
		return nil, EAIService
	}
	if name != "" {
		e, ok := r.ServiceByName(name, k.name)
		if !ok {
			return nil, EAIService
		}
		port = e.Port
	}
	protocol := k.protocol
	if k.raw {
		protocol = h.Protocol
	}
	return []socket{{k.sockType, protocol, port}}, 0
}

// allSockets is the answer if no kind is hinted. For a number that is TCP, UDP and raw; for a name,
// every kind for which the services file has it.
func (r *Resolver) allSockets(name string, port int) ([]socket, int) {
	var list []socket
	known := services{r: r}
	for _, k := range socketKinds {
		switch {
		case name == "":
			if k.byDefault {
				list = append(list, socket{k.sockType, k.protocol, port})
			}
		case !k.raw:
			if e, ok := known.byName(name, k.name); ok {
				list = append(list, socket{k.sockType, k.protocol, e.Port})
			}
		}
	}
	if len(list) == 0 {
		return nil, EAIService
	}
	return list, 0
}
