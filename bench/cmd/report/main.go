// Report turns the measurements of one script into a Markdown page and plots.
//
//	usage: report echo|transfer MEASUREMENTS.tsv TABLES.md PLOT-DIR
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// A page is what one report writes: the Markdown text and the plots by file name.
type page struct {
	markdown string
	plots    map[string]string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "report: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("usage: report echo|transfer MEASUREMENTS.tsv TABLES.md PLOT-DIR")
	}
	reports := map[string]func(*measurements) page{"echo": reportEcho, "transfer": reportTransfer}
	report, ok := reports[args[0]]
	if !ok {
		return fmt.Errorf("%s: neither echo nor transfer", args[0])
	}
	file, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer file.Close()
	measured, err := parse(file)
	if err != nil {
		return fmt.Errorf("read %s: %w", args[1], err)
	}
	result := report(measured)
	if err := os.WriteFile(args[2], []byte(result.markdown), 0o644); err != nil {
		return err
	}
	for name, plot := range result.plots {
		if err := os.WriteFile(filepath.Join(args[3], name), []byte(plot), 0o644); err != nil {
			return err
		}
	}
	return nil
}
