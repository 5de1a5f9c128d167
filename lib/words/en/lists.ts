/** The ways between the pages of a list, and what forms say in many places. */
export const lists = {
  pages: "Pages",
  newest: "Newest",
  older: "Older",
  first: "First",
  more: "More",
  firstPage: "First page",
  nextPage: "Next page",
  state: "State",
  online: "Online",
  quoted: "“{text}”",
};
