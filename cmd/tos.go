package cmd

import (
	"fmt"
	"strconv"
	"strings"
)

// tosWord reads a type of service: a number, a word of RFC 1349 (lowdelay and the like), a class of RFC 2474 (cs0 to
// cs7), of RFC 2597 (af11 to af43), ef (RFC 3246), va (RFC 5865), lowcost or netcontrol.
func tosWord(text string) (tos int, ok bool) {
	word := strings.ToLower(text)
	switch word {
	case "lowdelay":
		return 0x10, true
	case "throughput":
		return 0x08, true
	case "reliability":
		return 0x04, true
	case "lowcost", "mincost":
		return 0x02, true
	case "inetcontrol":
		return 0xc0, true
	case "netcontrol":
		return 0xe0, true
	case "critical":
		return 0xa0, true
	case "ef":
		return 0xb8, true
	case "va":
		return 0xb0, true
	}
	var class, drop int
	if n, err := fmt.Sscanf(word, "af%1d%1d", &class, &drop); n == 2 && err == nil && len(word) == 4 &&
		class >= 1 && class <= 4 && drop >= 1 && drop <= 3 {
		return class<<5 | drop<<3, true
	}
	if n, err := fmt.Sscanf(word, "cs%1d", &class); n == 1 && err == nil && len(word) == 3 && class <= 7 {
		return class << 5, true
	}
	n, err := strconv.ParseUint(word, 0, 8)
	return int(n), err == nil
}
