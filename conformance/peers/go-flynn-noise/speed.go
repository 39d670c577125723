// How fast the library's XX handshake is. Each line of standard input is a number of handshakes, both sides with empty payloads; the answer
// is a line with the nanoseconds of processor time that they took.
package main

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"github.com/flynn/noise"
)

func processorNanoseconds() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func handshakeOnce(suite noise.CipherSuite, keys [2]noise.DHKey) {
	var side [2]*noise.HandshakeState
	for i := range side {
		var err error
		side[i], err = noise.NewHandshakeState(noise.Config{CipherSuite: suite, Random: rand.Reader, Pattern: noise.HandshakeXX,
			Initiator: i == 0, StaticKeypair: keys[i]})
		if err != nil {
			panic(err)
		}
	}
	for turn := 0; turn < 3; turn++ {
		message, _, _, err := side[turn%2].WriteMessage(nil, nil)
		if err != nil {
			panic(err)
		}
		if _, _, _, err = side[(turn+1)%2].ReadMessage(nil, message); err != nil {
			panic(err)
		}
	}
}

func speed() {
	suite := noise.NewCipherSuite(noise.DH25519, noise.CipherAESGCM, noise.HashSHA256)
	var keys [2]noise.DHKey
	for i := range keys {
		var err error
		if keys[i], err = suite.GenerateKeypair(rand.Reader); err != nil {
			panic(err)
		}
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		times, err := strconv.Atoi(in.Text())
		if err != nil {
			panic(err)
		}
		started := processorNanoseconds()
		for i := 0; i < times; i++ {
			handshakeOnce(suite, keys)
		}
		fmt.Println(processorNanoseconds() - started)
	}
}
