/** The categories of a first start (BR-5), as `consent/categories.ts` writes them. A test holds both together. */
export const builtin = {
  general: { title: "General", description: "Everyday messages, tasks and links that anyone can see." },
  censored: {
    title: "Censored",
    description: "Intimate pictures and words in which something is covered or blurred.",
  },
  feet: { title: "Feet", description: "Pictures and tasks about feet." },
};
