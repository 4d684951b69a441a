// Package match suggests mentors for people who ask for one.
//
// It is a pure function in two layers, without names, clock or store:
//
//   - [Solve] answers a bare problem: who could go with whom at what cost, how many places each
//     mentor has, and what it costs to leave somebody without. Its answer has the least possible
//     total cost.
//   - [Suggest] makes such a problem from what people asked for and what mentors offer. It uses
//     rules that are never broken and costs from the editors' files, and explains each answer.
//
// The same input gives the same output, whatever the order in which people and mentors are listed.
//
// Least cost was chosen over "stable" matching because mentors do not rank people: stability would
// only leave more people without a mentor. With large enough costs of leaving people without, as
// many people as possible get a mentor, and among such answers as many of the first tier as
// possible. The two aims never compete, since sets of people who can all be placed together form a
// matroid.
package match

import "container/heap"

// A Problem is the input of [Solve].
type Problem struct {
	Asks      [][]Edge  `json:"asks"`      // by asker, the possible mentors, each at most once
	Unmatched []int64   `json:"unmatched"` // by asker, the cost of leaving them without
	Places    [][]int64 `json:"places"`    // by mentor, the costs of the first, second, ... person; never falling
}

// An Edge is a possible mentor of an asker, and the cost of that pair.
type Edge struct {
	Mentor int   `json:"mentor"` // index into Places, from 0
	Cost   int64 `json:"cost"`
}

// An Answer is the cheapest solution for all who ask.
type Answer struct {
	To    []int `json:"to"`    // by asker, their mentor's index; -1 for nobody
	Total int64 `json:"total"` // of the pairs, the places used, and those left without
}

// Solve finds an answer of the least total cost for a problem that passes [Problem.Check].
//
// It adds the askers one after the other. Each is added along a cheapest path. The path leads to a
// free place, or to the place of somebody who moves on to another mentor, and so on, or leaves
// somebody without. This is the method of successive shortest paths, with potentials that keep
// every step's cost at 0 or more so that Dijkstra's algorithm finds the path (Ahuja, Magnanti,
// Orlin: Network Flows, 1993, chapter 9.7).
func Solve(p *Problem) Answer {
	s := newSolver(p)
	for ask := range p.Asks {
		s.add(ask)
	}
	return Answer{To: s.to, Total: s.total()}
}

const (
	nobody  = -1
	farAway = int64(1) << 62
)

// A solver holds the cheapest answer for the askers added so far.
type solver struct {
	*Problem
	to  []int   // by asker: their mentor, or nobody
	has [][]int // by mentor: their askers

	// Potentials of both sides; the potential of a path's end is 0.
	askPotential, mentorPotential []int64

	// State of the current search. Distances are along steps whose costs were made 0 or more.
	askDistance, mentorDistance []int64
	from                        []int // by mentor: the asker before them on the shortest path
	done                        []bool
	reached                     []int // the askers that were reached
	next                        queue
	best                        int64 // the least distance to an end
	end                         end
}

// An end is where a path ends: at a free place of a mentor, or with somebody left without.
type end struct{ mentor, without int }

func newSolver(p *Problem) *solver {
	asks, mentors := len(p.Asks), len(p.Places)
	s := &solver{
		Problem: p, to: make([]int, asks), has: make([][]int, mentors),
		askPotential: make([]int64, asks), mentorPotential: make([]int64, mentors),
		askDistance: make([]int64, asks), mentorDistance: make([]int64, mentors),
		from: make([]int, mentors), done: make([]bool, mentors),
	}
	for i := range s.to {
		s.to[i] = nobody
	}
	for m, places := range p.Places {
		if len(places) > 0 {
			s.mentorPotential[m] = -places[0] // a place may cost less than 0
		}
	}
	return s
}

// add gives a mentor to one more person, or leaves somebody without.
func (s *solver) add(ask int) {
	s.search(ask)
	for m, done := range s.done {
		if done && s.mentorDistance[m] < s.best {
			s.mentorPotential[m] += s.mentorDistance[m] - s.best
		}
	}
	for _, i := range s.reached {
		if s.askDistance[i] < s.best {
			s.askPotential[i] += s.askDistance[i] - s.best
		}
	}
	mentor := s.end.mentor
	if s.end.without != nobody {
		if s.end.without == ask {
			return
		}
		mentor = s.to[s.end.without]
		s.leave(s.end.without)
	}
	for { // backwards along the path: each takes the place that the one before left
		i := s.from[mentor]
		was := s.to[i]
		if was != nobody {
			s.leave(i)
		}
		s.to[i] = mentor
		s.has[mentor] = append(s.has[mentor], i)
		if i == ask {
			return
		}
		mentor = was
	}
}

// search finds the cheapest path from an asker to an end.
func (s *solver) search(ask int) {
	for m := range s.done {
		s.mentorDistance[m], s.done[m] = farAway, false
	}
	s.reached, s.next = s.reached[:0], s.next[:0]
	s.best, s.end = farAway, end{nobody, nobody}
	s.askPotential[ask] = -s.Unmatched[ask]
	for _, e := range s.Asks[ask] {
		s.askPotential[ask] = max(s.askPotential[ask], s.mentorPotential[e.Mentor]-e.Cost)
	}
	s.reach(ask, 0)
	for len(s.next) > 0 {
		step := heap.Pop(&s.next).(step)
		m := step.mentor
		switch {
		case s.done[m] || step.distance > s.mentorDistance[m]:
			continue
		case step.distance >= s.best:
			return
		}
		s.done[m] = true
		if used := len(s.has[m]); used < len(s.Places[m]) {
			if d := step.distance + s.Places[m][used] + s.mentorPotential[m]; d < s.best {
				s.best, s.end = d, end{m, nobody}
			}
		}
		for _, i := range s.has[m] { // undoing a pair costs nothing beside the potentials
			s.reach(i, step.distance)
		}
	}
}

// reach notes that the search has reached an asker, who can be left without or go to another
// mentor.
func (s *solver) reach(ask int, distance int64) {
	s.reached = append(s.reached, ask)
	s.askDistance[ask] = distance
	if d := distance + s.Unmatched[ask] + s.askPotential[ask]; d < s.best {
		s.best, s.end = d, end{nobody, ask}
	}
	for _, e := range s.Asks[ask] {
		if s.done[e.Mentor] || e.Mentor == s.to[ask] {
			continue
		}
		d := distance + e.Cost + s.askPotential[ask] - s.mentorPotential[e.Mentor]
		if d < s.mentorDistance[e.Mentor] {
			s.mentorDistance[e.Mentor], s.from[e.Mentor] = d, ask
			heap.Push(&s.next, step{d, e.Mentor})
		}
	}
}

// leave takes an asker out of their mentor's place.
func (s *solver) leave(ask int) {
	mentor := s.to[ask]
	s.to[ask] = nobody
	for j, i := range s.has[mentor] {
		if i == ask {
			s.has[mentor] = append(s.has[mentor][:j], s.has[mentor][j+1:]...)
			return
		}
	}
}

func (s *solver) total() (total int64) {
	for i, m := range s.to {
		if m == nobody {
			total += s.Unmatched[i]
			continue
		}
		for _, e := range s.Asks[i] {
			if e.Mentor == m {
				total += e.Cost
			}
		}
	}
	for m, has := range s.has {
		for _, cost := range s.Places[m][:len(has)] {
			total += cost
		}
	}
	return total
}

// A step is a mentor that the search can visit next.
type step struct {
	distance int64
	mentor   int
}

// A queue gives the nearest step first. Of equally near steps the mentor with the lowest index
// comes first, so that the answer is always the same.
type queue []step

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	return q[i].distance < q[j].distance || q[i].distance == q[j].distance && q[i].mentor < q[j].mentor
}
func (q *queue) Push(x any) { *q = append(*q, x.(step)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
