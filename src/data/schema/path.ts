/** Where a model's schema is committed. */
export const schemaPath = (model: string): string => `models/${model}/schema.json`
