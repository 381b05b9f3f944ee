-- Sends every image series to MedISeg once nothing more of it has come for "StableAge" seconds. MedISeg's own results are pictures of another
-- kind or say who made them, and start no work there; leaving them out here spares the traffic.
local left_out = { SEG = true, SR = true, RTSTRUCT = true, PR = true, KO = true, DOC = true }

function OnStableSeries(series, tags, metadata)
  if not left_out[tags['Modality']] then
    RestApiPost('/dicom-web/servers/mediseg/stow', '{ "Resources": [ "' .. series .. '" ], "Synchronous": false }')
  end
end
