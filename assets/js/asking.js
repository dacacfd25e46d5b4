// One request at a time; of those made meanwhile the newest comes next and the others are dropped. A request that is
// never answered is given up, so that nothing waits for ever.
function askingInTurn(send, failed, patience = 120000) {
  let flight = null, next = null, timer = 0, count = 0;
  const go = (request) => {
    flight = { ...request, id: ++count };
    timer = setTimeout(() => settle(flight, 'No answer came from the server'), patience);
    send(flight);
  };
  const settle = (request, error) => {
    clearTimeout(timer);
    flight = null;
    const waiting = next;
    next = null;
    if (waiting) go(waiting);
    else if (error) failed(error, request);
  };
  return {
    ask: (request) => (flight ? (next = request) : go(request)),
    // Whether `answer` is the newest that was asked for. It may come late, when it had already been given up.
    answered(answer) {
      if (answer.id !== count) return false;
      const newest = !next;
      if (flight) settle(flight, answer.error);
      return newest && !answer.error;
    },
  };
}
