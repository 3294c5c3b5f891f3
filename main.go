// A run is often a millisecond long and has a thread or two to keep busy: it does not keep watching in /sys how many
// processors its container may use.

//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Gnc opens, accepts, pipes and waits for network connections.
package main

import (
	"os"

	"gnc/cmd"
)

func main() { os.Exit(cmd.Main(cmd.OSEnv())) }
