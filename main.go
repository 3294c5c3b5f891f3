// Gnc opens, accepts, pipes and waits for network connections.
package main

import (
	"os"

	"gnc/cmd"
)

func main() { os.Exit(cmd.Main(cmd.OSEnv())) }
