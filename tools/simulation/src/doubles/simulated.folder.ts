/** The deployed folder on a disk: what was written stays when the process dies. */
export class SimulatedFolder {
  private readonly versions = new Map<string, object>();

  ofDeployer() {
    return {
      read: async (folder: string) => this.versions.get(folder) ?? null,
      write: async (folder: string, _model: Uint8Array, version: object) => void this.versions.set(folder, version),
    };
  }
}
