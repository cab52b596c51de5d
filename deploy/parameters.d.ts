export interface Parameter {
  readonly allowed: string;
  readonly required?: true;
  readonly default: string | number | boolean;
  readonly meaning: string;
  readonly variable?: string;
  readonly functions?: readonly string[];
}
export interface ParameterGroup {
  readonly title: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
}
export declare function groupParameters(stage: string): readonly ParameterGroup[];
export declare const rules: Readonly<Record<string, Parameter>>;
