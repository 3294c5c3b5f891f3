package nc

import "fmt"

// optionError is a word of the command line that getopt(3) would have refused; the text is
// getopt's, which scripts look for.
type optionError struct {
	letter  byte
	missing bool // the letter is known, its value is missing
}

func (e *optionError) Error() string {
	if e.missing {
		return fmt.Sprintf("option requires an argument -- '%c'", e.letter)
	}
	return fmt.Sprintf("invalid option -- '%c'", e.letter)
}

// getopt reads args as GNU getopt(3) does: letters may be bundled, a value may follow its letter or
// be the next word, flags after operands count, and "--" ends the flags. takesValue reports whether
// a letter is known and takes a value; set is called for each letter in turn, and its error ends
// the reading.
func getopt(args []string, takesValue func(letter byte) (value, known bool), set func(letter byte, value string) error) (operands []string, err error) {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			return append(operands, args...), nil
		case len(word) < 2 || word[0] != '-':
			operands = append(operands, word)
			continue
		}
		for letters := word[1:]; letters != ""; {
			letter := letters[0]
			letters = letters[1:]
			value, known := takesValue(letter)
			text := ""
			switch {
			case !known:
				return nil, &optionError{letter: letter}
			case value && letters != "":
				text, letters = letters, ""
			case value && len(args) > 0:
				text, args = args[0], args[1:]
			case value:
				return nil, &optionError{letter: letter, missing: true}
			}
			if err := set(letter, text); err != nil {
				return nil, err
			}
		}
	}
	return operands, nil
}
