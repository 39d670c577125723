// How fast an appraisal of an SNP report is. The folder that PARLEY_EVIDENCE names has report, vek, intermediate, ark, crl, product and now. Each
// line of standard input is a number of appraisals; the answer is a line with the nanoseconds of processor time that they took. The root, the
// intermediate and the list are read once before; the list is checked each time unless PARLEY_NO_LIST is set.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func processorNanoseconds() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func file(name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(os.Getenv("PARLEY_EVIDENCE"), name))
	if err != nil {
		panic(err)
	}
	return bytes
}

func number(text string) int64 {
	value, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		panic(err)
	}
	return value
}

func speed() {
	e := &snpEvidence{report: file("report"), vek: file("vek"), intermediate: file("intermediate"), ark: file("ark"), crl: file("crl"),
		product: string(file("product")), now: number(string(file("now")))}
	policy := snpPolicy{ReportData: e.report[0x50:0x90], Measurements: []hexText{e.report[0x90:0xc0]}, VMPL: new(int)}
	checkList := os.Getenv("PARLEY_NO_LIST") == ""
	root, err := e.root(checkList)
	if err != nil {
		panic(err)
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		times := number(in.Text())
		started := processorNanoseconds()
		for i := int64(0); i < times; i++ {
			if err := e.judge(root, checkList, policy.options(e.product)); err != nil {
				panic(err)
			}
		}
		fmt.Println(processorNanoseconds() - started)
	}
}
