import Experiments

/// A campaign that can be told to people and to programs.
protocol AccountedCampaign: JournaledCampaign {
  /// What would be run.
  func preview(asJSON: Bool) -> String

  /// What came of it.
  func account(of finished: FinishedCampaign<Summary>, path: String, asJSON: Bool) -> String
}

extension Experiment {
  /// The runs of the experiment, of a circuit or of a model.
  func campaign(_ options: CampaignOptions) -> any AccountedCampaign {
    if let campaign = NetworkCampaign(self, options: options) { return campaign }
    return Campaign(self, options: options)
  }
}

extension Campaign: AccountedCampaign {
  func preview(asJSON: Bool) -> String {
    let preview = RunPreview(experiment, plan)
    return asJSON ? JSONText.of(preview) : preview.text
  }

  func account(
    of finished: FinishedCampaign<CampaignSummary>, path: String, asJSON: Bool
  ) -> String {
    asJSON
      ? JSONText.of(RunReportJSON(experiment, finished, path: path))
      : RunAccount(experiment, plan, finished, path: path).text
  }
}

extension NetworkCampaign: AccountedCampaign {
  func preview(asJSON: Bool) -> String {
    asJSON ? JSONText.of(NetworkPreview(self)) : NetworkAccount.preview(self)
  }

  func account(
    of finished: FinishedCampaign<NetworkSummary>, path: String, asJSON: Bool
  ) -> String {
    let account = NetworkAccount(self, finished, path: path)
    return asJSON ? JSONText.of(account.report) : account.text
  }
}
