"""What the nodes of a cluster compute for us, in Painless: positions, and scores by our formulas.

A cluster's own queries know which units (paragraphs, or titles) hold a word, and how often. What stands near what
they answer in their own ways, which are not ours, so it is looked for in the tokens themselves: each unit keeps its
own as numbers, and these scripts walk them where the units are, on every shard at once. The meaning of each kind of
`node` is that of `query.matching`; a run is its first and last place in one number.
"""

# In the numbers of tokens.
CAPITALS = 2
SENTENCE = 1
SHIFT = 2

_POSITIONS = """
int[] tokens(def doc, String field) {
  if (doc[field].size() == 0) { return new int[0]; }
  def kept = doc[field].value;
  byte[] bytes = kept.bytes;
  int end = kept.offset + kept.length;
  int count = 0;
  for (int i = kept.offset; i < end; ++i) { if (bytes[i] >= 0) { ++count; } }
  int[] found = new int[count];
  int at = 0; int value = 0; int shift = 0;
  for (int i = kept.offset; i < end; ++i) {
    int part = bytes[i];
    value |= (part & 127) << shift;
    if (part >= 0) { found[at++] = value; value = 0; shift = 0; } else { shift += 7; }
  }
  return found;
}
int[] sentences(int[] tokens) {
  int[] found = new int[tokens.length];
  int number = 0;
  for (int i = 0; i < tokens.length; ++i) { number += tokens[i] & 1; found[i] = number; }
  return found;
}
long run(int first, int last) { return ((long) first << 32) | last; }
int first(long run) { return (int) (run >> 32); }
int last(long run) { return (int) run; }
List words(def node, int[] tokens) {
  List found = new ArrayList();
  List ids = node.ids;
  int only = ids.size() == 1 ? ids[0] : -1;
  for (int i = 0; i < tokens.length; ++i) {
    if (node.capitals && (tokens[i] & 2) == 0) { continue; }
    int id = tokens[i] >> 2;
    if (only >= 0 ? id == only : Collections.binarySearch(ids, id) >= 0) { found.add(run(i, i)); }
  }
  return found;
}
boolean place(int part, List choices, Map taken, Set tried) {
  for (int position : choices[part]) {
    if (tried.add(position)) {
      if (!taken.containsKey(position) || place(taken[position], choices, taken, tried)) {
        taken[position] = part;
        return true;
      }
    }
  }
  return false;
}
boolean distinct(List choices) {
  Map taken = new HashMap();
  for (int part = 0; part < choices.size(); ++part) {
    if (!place(part, choices, taken, new HashSet())) { return false; }
  }
  return true;
}
void follow(Set found, List left, List right, int distance) {
  int low = 0;
  for (long one : left) {
    while (low < right.size() && first((long) right[low]) <= first(one)) { ++low; }
    for (int i = low; i < right.size(); ++i) {
      long other = (long) right[i];
      int gap = first(other) - last(one);
      if (gap > distance) { break; }
      if (gap >= 1) { found.add(run(first(one), last(other))); }
    }
  }
}
boolean reaches(def node, long one, long other, int[] sentences) {
  if (node.unit == 'p') { return true; }
  if (node.unit == 's') { return sentences[first(one)] == sentences[first(other)]; }
  boolean after = first(other) - last(one) <= node.reach;
  return node.ordered ? after && first(other) >= first(one) : after && first(one) - last(other) <= node.reach;
}
void beside(Set found, def node, List ours, List theirs, int[] sentences) {
  for (long one : ours) {
    for (long other : theirs) {
      if (first(other) <= last(one) && last(other) >= first(one)) { continue; }
      int begin = (int) Math.min(first(one), first(other));
      int end = (int) Math.max(last(one), last(other));
      if (node.unit == 'p' || sentences[begin] == sentences[end]) { found.add(one); break; }
    }
  }
}
List runs(def node, int[] tokens, int[] sentences) {
  String kind = node.kind;
  if (kind == 'word') { return words(node, tokens); }
  Set found = new TreeSet();
  if (kind == 'or') {
    for (def part : node.parts) { found.addAll(runs(part, tokens, sentences)); }
    return new ArrayList(found);
  }
  if (kind == 'phrase' || kind == 'window') {
    List starts = new ArrayList();
    for (def part : node.parts) {
      Set places = new TreeSet();
      for (long one : runs(part, tokens, sentences)) { places.add(first(one)); }
      if (places.isEmpty()) { return new ArrayList(); }
      starts.add(places);
    }
    if (kind == 'phrase') {
      for (int start : starts[0]) {
        boolean whole = true;
        for (int i = 1; whole && i < starts.size(); ++i) { whole = starts[i].contains(start + i); }
        if (whole) { found.add(run(start, start + starts.size() - 1)); }
      }
      return new ArrayList(found);
    }
    Set all = new TreeSet();
    for (def places : starts) { all.addAll(places); }
    for (int start : all) {
      List choices = new ArrayList();
      for (def places : starts) { choices.add(places.subSet(start, start + (int) node.distance + 1)); }
      if (distinct(choices)) { found.add(run(start, start)); }
    }
    return new ArrayList(found);
  }
  List left = runs(node.left, tokens, sentences);
  if (left.isEmpty()) { return left; }
  List right = runs(node.right, tokens, sentences);
  if (kind == 'near') {
    follow(found, left, right, (int) node.reach);
    if (!node.ordered) { follow(found, right, left, (int) node.reach); }
  } else if (kind == 'together') {
    beside(found, node, left, right, sentences);
    beside(found, node, right, left, sentences);
  } else {
    for (long one : left) {
      boolean alone = true;
      for (long other : right) {
        if (one != other && reaches(node, one, other, sentences)) { alone = false; break; }
      }
      if (alone) { found.add(one); }
    }
  }
  return new ArrayList(found);
}
"""

_BM25 = """
double bm25(double times, double length, def params) {
  double norm = params.k1 * (1 - params.b + params.b * length / params.average);
  return params.weight * times * (params.k1 + 1) / (times + norm);
}
"""

# Whether a unit holds a node.
HOLDS = f"""{_POSITIONS}
int[] all = tokens(doc, params.field);
return !runs(params.node, all, sentences(all)).isEmpty();
"""

# How often a unit holds a node.
TIMES = f"""{_POSITIONS}
int[] all = tokens(doc, params.field);
return runs(params.node, all, sentences(all)).size();
"""

# What a node scores in a unit; 0 where it is not.
SCORE = f"""{_POSITIONS}{_BM25}
int[] all = tokens(doc, params.field);
int times = runs(params.node, all, sentences(all)).size();
return times == 0 ? 0 : bm25(times, all.length, params);
"""

# The same, where the query that found the unit says how often, once for each of its `parts`.
SCORE_OF_TIMES = f"""{_BM25}
return bm25(_score / params.parts, doc[params.length].value, params);
"""

# A number that grows with when an article came into the archive, then with its day: `starts` are the articles, in the
# order they were added, at which another moment begins, `ranks` the places of these moments in their order.
ARRIVAL = """
int run = Collections.binarySearch(params.starts, (int) doc['ordinal'].value);
long rank = params.ranks[run >= 0 ? run : -run - 2];
return (rank << params.day_bits) + (doc['day'].size() == 0 ? 0 : doc['day'].value);
"""

# What two leaves add by standing near each other.
CLOSENESS = f"""{_POSITIONS}
int[] all = tokens(doc, params.field);
List left = runs(params.left, all, all);
List right = runs(params.right, all, all);
int nearest = (int) params.reach + 1;
int after = 0; int before = 0;
for (long one : left) {{
  while (after < right.size() && first((long) right[after]) <= last(one)) {{ ++after; }}
  while (before < right.size() && last((long) right[before]) < first(one)) {{ ++before; }}
  if (after < right.size()) {{ nearest = (int) Math.min(nearest, first((long) right[after]) - last(one)); }}
  if (before > 0) {{ nearest = (int) Math.min(nearest, first(one) - last((long) right[before - 1])); }}
}}
return nearest <= params.reach ? params.weight / nearest : 0;
"""
