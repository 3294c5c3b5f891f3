package nc

import "fmt"

const usage = `usage: nc [-46bCDdFhklNnrStUuvZz] [-c command] [-e program] [-I length] [-i interval]
	  [-M ttl] [-m minttl] [-O length] [-o file] [-P proxy_username]
	  [-p source_port] [-q seconds] [-s sourceaddr] [-T keyword]
	  [-W recvlimit] [-w timeout] [-X proxy_protocol]
	  [-x proxy_address[:port]] [destination] [port]
`

// letterHelp explains the letters, in both dialects.
const letterHelp = `		-4		IPv4 only
		-6		IPv6 only
		-b		Send to broadcast addresses
		-C		Lines end in CR LF when sent
		-c command	Run a shell command on the connection
		-D		Debugging of the socket
		-d		Do not read stdin
		-e program	Run a program on the connection
		-F		Pass the connected descriptor over stdout
		-h		This text
		-I length	TCP receive buffer
		-i interval	Pause between lines
		-k		Keep listening after a client has left
		-l		Listen
		-M ttl		Hop limit of what is sent
		-m minttl	Least hop limit of what is taken
		-N		Half-close after the end of stdin
		-n		No lookup of names and services
		-O length	TCP send buffer
		-o file		Hex dump of the session
		-P proxyuser	User name at the proxy
		-p port		Local port
		-q secs		Half-close and quit so long after the end of stdin
		-r		Ports in random order
		-s sourceaddr	Local address
		-S		TCP MD5 signatures; GNC_TCP_MD5SIG may hold the password
		-T keyword	Type of service
		-t		Refuse telnet options
		-U		Unix socket
		-u		UDP
		-v		More words
		-W recvlimit	End after so many reads
		-w timeout	Bound on connecting and on idleness
		-X proto	Protocol of the proxy: 4, 4A, 5 or connect
		-x addr[:port]	Proxy
		-Z		DCCP, where the system has it
		-z		Only see whether ports are open
`

// Help is the help of -h.
func Help(version string, traditional bool) string {
	if traditional {
		return traditionalHelp(version)
	}
	return openbsdHelp(version)
}

// openbsdHelp begins with the line by which scripts tell the dialects apart.
func openbsdHelp(version string) string {
	return fmt.Sprintf("OpenBSD netcat (gnc %s)\n", version) + usage + "	Command Summary:\n" + letterHelp +
		"	Port numbers can be individual or ranges: lo-hi [inclusive]\n"
}

func traditionalHelp(version string) string {
	return fmt.Sprintf("[v1.10-gnc %s]\n", version) + `connect to somewhere:	nc [-options] hostname port[s] [ports] ...
listen for inbound:	nc -l -p port [-options] [hostname] [port]
options:
` + letterHelp + "port numbers can be individual or ranges: lo-hi [inclusive]\n"
}
