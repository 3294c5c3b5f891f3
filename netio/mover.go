package netio

// mover carries bytes from the source of a Flow to its sink. It holds what it has pulled and not yet pushed; a flow
// pulls only while there is room, and pushes only while something is held.
type mover interface {
	// pull takes bytes from src: how many, or errAgain, io.EOF, or src's failure.
	pull(src *Conn) (int, error)
	// push gives held bytes to dst: how many were taken, or errAgain, or dst's failure.
	push(dst *Conn) (int, error)
	held() int
	room() bool
	// drop lets go of everything, held bytes included.
	drop()
}
