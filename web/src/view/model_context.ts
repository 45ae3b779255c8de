/** The way by which every component finds the model. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Model } from "../app/model";

export const ModelContext = createContext<Model | null>(null);

export const ModelProvider = ModelContext.Provider;

export function useModel(): Model {
  const model = useContext(ModelContext);
  if (model === null) throw new Error("there is no model above this component");
  return model;
}
