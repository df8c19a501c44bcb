/*
 * The modes of the load generator for the lab protocol, see load.c.
 */

static int saturate(int count, double seconds, double warmup) {
  opened = open_all(count);
  struct epoll_event events[512];
  uint64_t start = now_us(), from = start + warmup * 1e6, to = from + seconds * 1e6;
  uint64_t cpu = 0, wall = 0, end = to;
  int waiting = 0;
  for (int i = 0; i < count; i++) {
    if (conns[i].state != RESTING) continue;
    conns[i].since = now_us();
    if (ask(&conns[i], depth)) waiting++;
    else fail(&conns[i]);
  }
  while (waiting > 0) {
    int n = epoll_wait(epoll_fd, events, 512, 100);
    uint64_t now = now_us();
    if (!measuring && !wall && now >= from) {
      measuring = 1;
      from = now;
      cpu = cpu_us();
    }
    if (measuring && now >= to) {
      measuring = 0;
      cpu = cpu_us() - cpu;
      wall = now - from;
      end = now;
      for (int i = 0; i < count; i++) /* who still waits has waited at least this long */
        if (conns[i].state == WAITING && now - conns[i].since > conns[i].worst)
          conns[i].worst = now - conns[i].since;
    }
    if (now > end + DRAIN_US) break;
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      int done = read_replies(c);
      if (done == 0) continue;
      if (done > 0) {
        now = now_us();
        if (measuring) {
          uint64_t took = now - c->since;
          record(took);
          if (took > c->worst) c->worst = took;
        }
        if (!wall) {
          c->since = now;
          if (ask(c, depth)) continue;
          fail(c);
        }
      }
      waiting--;
      drop(c);
    }
  }
  uint64_t fewest = UINT64_MAX, most = 0, served = 0, worst = 0;
  for (int i = 0; i < count; i++) {
    served += conns[i].served;
    if (conns[i].served < fewest) fewest = conns[i].served;
    if (conns[i].served > most) most = conns[i].served;
    if (conns[i].worst > worst) worst = conns[i].worst;
    if (conns[i].state == WAITING) failures++;
  }
  report("saturate", count, served, wall, cpu, fewest, most, worst);
  return 0;
}

static int connect_loop(int count, double seconds, double warmup) {
  struct epoll_event events[512];
  uint64_t from = now_us() + warmup * 1e6, to = from + seconds * 1e6, cpu = 0, wall = 0;
  uint64_t served = 0, swept = now_us();
  int busy = 0;
  for (int i = 0; i < count; i++) {
    begin(&conns[i]);
    if (conns[i].state != CLOSED) busy++;
  }
  while (busy > 0) {
    int n = epoll_wait(epoll_fd, events, 512, 100);
    uint64_t now = now_us();
    if (!measuring && !wall && now >= from) {
      measuring = 1;
      from = now;
      cpu = cpu_us();
    }
    if (measuring && now >= to) {
      measuring = 0;
      cpu = cpu_us() - cpu;
      wall = now - from;
    }
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      if (c->state == CONNECTING) connected(c);
      else if (c->state == WAITING && read_replies(c) == 1) {
        if (measuring) {
          served++;
          record(now_us() - c->since);
        }
        drop(c);
      }
      if (c->state != CLOSED) continue;
      if (failures < 1000 && !wall) begin(c); /* a dead server must not make this spin */
      if (c->state == CLOSED) busy--;
    }
    if (now < swept + 1000000) continue;
    now = now_us(); /* not earlier than any `since` */
    for (int i = 0; i < count; i++)
      if (conns[i].state != CLOSED && now - conns[i].since > PATIENCE_US) fail(&conns[i]), busy--;
    swept = now;
  }
  report("connect", count, served, wall, cpu, 0, 0, slowest);
  return 0;
}

static int burst(int count, double patience) {
  struct epoll_event events[512];
  uint64_t start = now_us(), cpu = cpu_us(), served = 0, last = start;
  int busy = 0;
  for (int i = 0; i < count; i++) {
    begin(&conns[i]);
    conns[i].since = start;
    if (conns[i].state != CLOSED) busy++;
  }
  while (busy > 0 && now_us() - start < patience * 1e6) {
    int n = epoll_wait(epoll_fd, events, 512, 100);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      if (c->state == CONNECTING) connected(c);
      else if (c->state == WAITING && read_replies(c) == 1) {
        last = now_us();
        record(last - start);
        served++;
        drop(c);
      }
      if (c->state == CLOSED) busy--;
    }
  }
  failures += busy;
  opened = served;
  report("burst", count, served, last - start, cpu_us() - cpu, 0, 0, slowest);
  return 0;
}

static int idle(int count) {
  uint64_t start = now_us(), cpu = cpu_us();
  opened = open_all(count);
  printf("{\"ready\":true,\"opened\":%lu,\"failures\":%lu}\n", opened, failures);
  fflush(stdout);
  while (read(0, buffer, sizeof buffer) > 0) continue;
  struct epoll_event events[64];
  int busy = 0, step = count > 100 ? count / 100 : 1;
  uint64_t served = 0, asked = now_us();
  for (int i = 0; i < count; i += step) {
    if (conns[i].state != RESTING) continue;
    conns[i].since = now_us();
    if (ask(&conns[i], 1)) busy++;
    else fail(&conns[i]);
  }
  while (busy > 0 && now_us() - asked < PATIENCE_US) {
    int n = epoll_wait(epoll_fd, events, 64, 1000);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      if (c->state == RESTING) { /* the server closed one that was held */
        fail(c);
        continue;
      }
      int done = read_replies(c);
      if (done == 0) continue;
      busy--;
      if (done < 0) continue;
      record(now_us() - c->since);
      served++;
      c->state = RESTING;
    }
  }
  failures += busy;
  report("idle", count, served, now_us() - start, cpu_us() - cpu, 0, 0, slowest);
  return 0;
}
