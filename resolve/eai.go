package resolve

import "strconv"

// Error codes of getaddrinfo(3), with glibc's numbers.
const (
	EAIBadFlags    = -1
	EAINoName      = -2
	EAIAgain       = -3
	EAIFail        = -4
	EAINoData      = -5
	EAIFamily      = -6
	EAISockType    = -7
	EAIService     = -8
	EAIAddrFamily  = -9
	EAIMemory      = -10
	EAISystem      = -11
	EAIOverflow    = -12
	EAIInProgress  = -100
	EAICanceled    = -101
	EAINotCanceled = -102
	EAIAllDone     = -103
	EAIIntr        = -104
	EAIIDNEncode   = -105
)

// eaiTable holds the name and the text of each code, the texts as
// gai_strerror(3) gives them in the C locale. EAI_OVERFLOW has no text there.
var eaiTable = [...]struct {
	code       int
	name, text string
}{
	{EAIBadFlags, "EAI_BADFLAGS", "Bad value for ai_flags"},
	{EAINoName, "EAI_NONAME", "Name or service not known"},
	{EAIAgain, "EAI_AGAIN", "Temporary failure in name resolution"},
	{EAIFail, "EAI_FAIL", "Non-recoverable failure in name resolution"},
	{EAINoData, "EAI_NODATA", "No address associated with hostname"},
	{EAIFamily, "EAI_FAMILY", "ai_family not supported"},
	{EAISockType, "EAI_SOCKTYPE", "ai_socktype not supported"},
	{EAIService, "EAI_SERVICE", "Servname not supported for ai_socktype"},
	{EAIAddrFamily, "EAI_ADDRFAMILY", "Address family for hostname not supported"},
	{EAIMemory, "EAI_MEMORY", "Memory allocation failure"},
	{EAISystem, "EAI_SYSTEM", "System error"},
	{EAIOverflow, "EAI_OVERFLOW", "Unknown error"},
	{EAIInProgress, "EAI_INPROGRESS", "Processing request in progress"},
	{EAICanceled, "EAI_CANCELED", "Request canceled"},
	{EAINotCanceled, "EAI_NOTCANCELED", "Request not canceled"},
	{EAIAllDone, "EAI_ALLDONE", "All requests done"},
	{EAIIntr, "EAI_INTR", "Interrupted by a signal"},
	{EAIIDNEncode, "EAI_IDN_ENCODE", "Parameter string not correctly encoded"},
}

// Error is the failure of a lookup: getaddrinfo's code and, if there is one, the cause. A lookup
// whose context ended has the code EAIAgain and wraps the context's error, so errors.Is(err,
// context.DeadlineExceeded) separates a deadline from a silent name server.
type Error struct {
	Code int
	Err  error
}

// Error gives gai_strerror's text for the code.
func (e *Error) Error() string {
	for _, row := range eaiTable {
		if row.code == e.Code {
			return row.text
		}
	}
	return "Unknown error"
}

// Name gives the symbol of the code, as in "EAI_NONAME", or its number if it has no symbol.
func (e *Error) Name() string {
	for _, row := range eaiTable {
		if row.code == e.Code {
			return row.name
		}
	}
	return strconv.Itoa(e.Code)
}

// Unwrap gives the cause. Most errors have none.
func (e *Error) Unwrap() error { return e.Err }

// failure makes the error of a code, nil for code 0.
func failure(code int, cause error) *Error {
	if code == 0 {
		return nil
	}
	return &Error{Code: code, Err: cause}
}
